import { thisMinute } from '../monitor/clock.ts'
import type { Moment } from '../monitor/day-range.ts'
import { type Recent, sparklineStart } from '../monitor/recent.ts'

const width = 100
const height = 32

/** The last hours as a small line without numbers, interrupted at gaps. All lines have the same time axis, which ends now. */
export function Sparkline({ recent, current, least }: { recent: Recent | null; current: Moment; least: number }) {
  const moments = recent === null ? [] : [...recent.moments.filter(([time]) => time < current[0]), current]
  const first = moments[0]
  if (recent === null || first === undefined || moments.length < 2)
    return <svg class="sparkline" viewBox={`0 0 ${width} ${height}`} aria-hidden="true" />
  const end = Math.max(current[0], thisMinute.value)
  // At least some minutes are shown.
  const start = Math.min(sparklineStart.value ?? first[0], first[0], end - 60_000)
  const values = moments.map(([, value]) => value)
  const [low, high] = [Math.min(...values), Math.max(...values)]
  // A change of a tenth of a degree is drawn flat.
  const range = Math.max(high - low, least)
  const middle = (high + low) / 2
  const x = (time: number) => round(((time - start) / (end - start)) * width)
  const y = (value: number) => round(height / 2 - ((value - middle) / range) * (height - 6))
  const stretches = split(moments, recent.step * 3 + 1000)
  const line = stretches.map((part) => part.map(([time, value], i) => `${i === 0 ? 'M' : 'L'}${x(time)} ${y(value)}`).join('')).join('')
  const area = stretches
    .filter((part) => part.length > 1)
    .map(
      (part) =>
        `M${x(part[0]?.[0] ?? 0)} ${height}${part.map(([time, value]) => `L${x(time)} ${y(value)}`).join('')}L${x(part.at(-1)?.[0] ?? 0)} ${height}Z`,
    )
    .join('')
  return (
    <svg class="sparkline" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      <path class="sparkline-area" d={area} />
      <path class="sparkline-line" d={line} vector-effect="non-scaling-stroke" />
    </svg>
  )
}

const round = (n: number) => Math.round(n * 100) / 100

function split(moments: readonly Moment[], pause: number): Moment[][] {
  const parts: Moment[][] = []
  let before = Number.NEGATIVE_INFINITY
  for (const moment of moments) {
    if (moment[0] - before > pause) parts.push([])
    parts.at(-1)?.push(moment)
    before = moment[0]
  }
  return parts
}
