import type { Point } from '../../store/readings/readings.ts'

/** The last hours of a series, a column for each few minutes. */
export interface Chart {
  quantity: string
  /** ms */
  from: number
  to: number
  /** In the quantity's unit; null: nothing was measured. */
  columns: (number | null)[]
  /** Of the columns. */
  low: number
  high: number
  /** Of all that was measured. */
  lowest: number
  highest: number
  /** Beyond this it is an alert. */
  limit: { above: number | null; below: number | null }
}

/** Fits a phone, in a mail as well as in a row of characters. */
export const columns = 36

/** With fewer columns measured, or within less than this (ms), there is too little to see. */
const leastColumns = 6
const leastSpan = 2 * 60_000

/** A value stands for the columns behind it as long as this, ms: many sensors speak every ten minutes or so. */
const stands = 16 * 60_000

/**
 * @param points start, lowest, mean, highest, …
 * @param extreme which end of a bucket matters
 * @param now what the last column shows; null: its extreme
 * @returns null where too little was measured to draw it
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
    return (i - since) * width < stands ? last : null
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

/** Whether a column is beyond the limit. */
export function isBeyond(value: number, { above, below }: Chart['limit']): boolean {
  return (above !== null && value > above) || (below !== null && value < below)
}

/** How high a column is, from 0 to 1; a series that hardly moves is not blown up to a mountain range. */
export function heights({ columns, low, high }: Chart): (number | null)[] {
  const least = Math.max(0.5, Math.abs(high) * 0.01)
  const range = Math.max(high - low, least)
  return columns.map((value) => (value === null ? null : 0.12 + (0.88 * (value - low)) / range))
}

const blocks = '▁▂▃▄▅▆▇█'

/** The chart as a row of characters; a dot is where nothing came. */
export function sparkline(chart: Chart): string {
  return heights(chart)
    .map((height) => (height === null ? '·' : blocks[Math.min(blocks.length - 1, Math.floor(height * blocks.length))]))
    .join('')
}
