import { minute } from '@hearthwatch/protocol/durations'
import type { Point } from '../../store/readings/readings.ts'

/** A bar chart of the last hours of a series, a column for each few minutes. */
export interface Chart {
  quantity: string
  /** ms */
  from: number
  to: number
  /** In the quantity's unit; null: no readings. */
  columns: (number | null)[]
  /** Range of the columns. */
  low: number
  high: number
  /** Range of all readings. */
  lowest: number
  highest: number
  /** Limits of the rule. */
  limit: { above: number | null; below: number | null }
}

/** Number of columns; fits a phone as HTML and as a row of characters. */
export const columns = 36

/** No chart is drawn for fewer columns with readings, or for a shorter span (ms). */
const leastColumns = 6
const leastSpan = 2 * minute

/** A value fills the following empty columns for this long, because many sensors publish only every ten minutes. ms */
const fillFor = 16 * minute

/**
 * @param extreme the end of each bucket that is drawn
 * @param now value of the last column; null: its extreme
 * @returns null if there are too few readings
 */
export function drawChart(
  points: readonly Point[],
  {
    quantity,
    from,
    to,
    extreme,
    now,
    limit,
  }: Pick<Chart, 'quantity' | 'from' | 'to' | 'limit'> & { extreme: 'low' | 'high'; now: number | null },
): Chart | null {
  if (to - from < leastSpan) return null
  const width = (to - from) / columns
  const found: (number | null)[] = Array(columns).fill(null)
  for (const [time, min, , max] of points) {
    const i = Math.min(columns - 1, Math.max(0, Math.floor((time - from) / width)))
    const before = found[i] ?? null
    const here = extreme === 'high' ? max : min
    found[i] = before === null ? here : extreme === 'high' ? Math.max(before, here) : Math.min(before, here)
  }
  if (now !== null) found[columns - 1] = now
  const measured = found.filter((value) => value !== null)
  if (measured.length < leastColumns) return null
  let [last, since]: [number | null, number] = [null, 0]
  const filled = found.map((value, i) => {
    if (value !== null) [last, since] = [value, i]
    return (i - since) * width < fillFor ? last : null
  })
  return {
    quantity,
    from,
    to,
    columns: filled,
    low: Math.min(...measured),
    high: Math.max(...measured),
    lowest: Math.min(...points.map(([, min]) => min)),
    highest: Math.max(...points.map(([, , , max]) => max)),
    limit,
  }
}

/** True if a column is beyond the limit. */
export function isBeyond(value: number, { above, below }: Chart['limit']): boolean {
  return (above !== null && value > above) || (below !== null && value < below)
}

/** Heights of the columns, from 0 to 1. The range has a least size, so that small changes stay small. */
export function heights({ columns, low, high }: Chart): (number | null)[] {
  const least = Math.max(0.5, Math.abs(high) * 0.01)
  const range = Math.max(high - low, least)
  return columns.map((value) => (value === null ? null : 0.12 + (0.88 * (value - low)) / range))
}

const blocks = '▁▂▃▄▅▆▇█'

/** The chart as a row of characters; a dot is a column without readings. */
export function sparkline(chart: Chart): string {
  return heights(chart)
    .map((height) => (height === null ? '·' : blocks[Math.min(blocks.length - 1, Math.floor(height * blocks.length))]))
    .join('')
}
