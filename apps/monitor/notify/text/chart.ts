import { type Trend, trend } from '@hearthwatch/api/trend'
import { quantityOf } from '@hearthwatch/protocol'
import { minute } from '@hearthwatch/protocol/durations'
import type { Point } from '../../store/readings/readings.ts'

/** A line of the last hours of a series, with a column for each few minutes. */
export interface Chart {
  quantity: string
  /** ms */
  from: number
  to: number
  /** In the quantity's unit; null: no readings. */
  columns: (number | null)[]
  /** Ends of the axis, which contains all columns and the limit. */
  axis: { low: number; high: number }
  trend: Trend | null
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
    axis: axisOf([...measured, ...[limit.above, limit.below].filter((bound) => bound !== null)]),
    trend: trend(
      points.map(([time, , mean]) => [time, mean] as const).toSorted(([a], [b]) => a - b),
      quantityOf(quantity).unit,
      to,
    ),
    lowest: Math.min(...points.map(([, min]) => min)),
    highest: Math.max(...points.map(([, , , max]) => max)),
    limit,
  }
}

/** True if a column is beyond the limit. */
export function isBeyond(value: number, { above, below }: Chart['limit']): boolean {
  return (above !== null && value > above) || (below !== null && value < below)
}

/** Round numbers around all values. The range has a least size, so that small changes stay small. */
function axisOf(values: readonly number[]): Chart['axis'] {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const least = Math.max(0.5, Math.abs(high) * 0.01)
  const rough = Math.max(high - low, least) / 10
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5].find((one) => one * power >= rough) ?? 10) * power
  const round = (value: number) => Number(value.toPrecision(12))
  const start = round(Math.floor(low / step) * step)
  return { low: start, high: round(Math.max(Math.ceil(high / step) * step, start + least)) }
}

/** The place of a value on the axis, from 0 to 1. */
export function heightOf({ axis: { low, high } }: Pick<Chart, 'axis'>, value: number): number {
  return Math.min(1, Math.max(0, (value - low) / (high - low)))
}

const blocks = '▁▂▃▄▅▆▇█'

/** The chart as a row of characters; a dot is a column without readings. */
export function sparkline(chart: Chart): string {
  return chart.columns
    .map((value) => (value === null ? '·' : blocks[Math.min(blocks.length - 1, Math.floor(heightOf(chart, value) * blocks.length))]))
    .join('')
}
