import { day, hour } from '@hearthwatch/protocol/durations'
import { figure, figureWithUnit } from '../../words/numbers.ts'
import { date, minute } from '../../words/times.ts'
import { extremes, nearest, type Point } from './points.ts'
import type { ChartProps, Line } from './props.ts'
import { say } from './words.ts'

/** The values at the cursor; without a cursor, lowest, mean and highest of the whole span. */
export function Readout({ lines, unit, from, to, at }: ChartProps & { at: number | null }) {
  return (
    <figcaption class="readout" aria-live={at === null ? 'off' : 'polite'}>
      {at !== null && <span class="readout-time">{timeAt(at, lines[0])}</span>}
      {lines.map((line, i) => (
        <span key={line.label} class={`readout-line line-${i + 1}`}>
          {lines.length > 1 && <bdi class="readout-label">{line.label}</bdi>}
          {at === null ? <Whole line={line} unit={unit} from={from} to={to} /> : <Value line={line} unit={unit} at={at} />}
        </span>
      ))}
    </figcaption>
  )
}

function Value({ line, unit, at }: { line: Line; unit: string; at: number }) {
  const point = nearest(line, at - (line.shift ?? 0))
  if (point === undefined) return <span class="quiet">{say().nothing}</span>
  const [, min, mean, max] = point
  return (
    <>
      <strong>{figureWithUnit(mean, unit)}</strong>
      {min !== max && (
        <span class="quiet">
          {figure(min, unit)} – {figure(max, unit)}
        </span>
      )}
    </>
  )
}

function Whole({ line, unit, from, to }: { line: Line; unit: string; from: number; to: number }) {
  const shift = line.shift ?? 0
  const found = extremes(line, from - shift, to - shift)
  if (found === undefined) return <span class="quiet">{say().nothing}</span>
  const isLong = to - from > day + hour
  return (
    <>
      <span>
        <span class="quiet">{say().min}</span> {figureWithUnit(found.min[1], unit)} <Time time={found.min[0]} line={line} long={isLong} />
      </span>
      <span>
        <span class="quiet">{say().mean}</span> {figureWithUnit(found.mean, unit)}
      </span>
      <span>
        <span class="quiet">{say().max}</span> {figureWithUnit(found.max[3], unit)} <Time time={found.max[0]} line={line} long={isLong} />
      </span>
    </>
  )
}

/** When something was measured, as precisely as the points are. @param long true: the time of the day alone is ambiguous */
function Time({ time, line: { resolution }, long }: { time: number; line: Line; long: boolean }) {
  const dated = resolution >= day ? date(time, { dateStyle: 'medium' }) : date(time, { day: 'numeric', month: 'short', ...hourMinute })
  return (
    <time class="quiet small" dateTime={new Date(time).toISOString()}>
      {long ? dated : date(time, hourMinute)}
    </time>
  )
}

const hourMinute = { hour: '2-digit', minute: '2-digit' } as const

/** Lowest, mean and highest of a line as one text. */
export function summaryOf(line: Line, unit: string, from: number, to: number): string {
  const shift = line.shift ?? 0
  const found = extremes(line, from - shift, to - shift)
  if (found === undefined) return say().nothing
  const { min, mean, max } = found
  return [
    `${say().min} ${figureWithUnit(min[1], unit)}`,
    `${say().mean} ${figureWithUnit(mean, unit)}`,
    `${say().max} ${figureWithUnit(max[3], unit)}`,
  ].join(' · ')
}

/** The time at the cursor, or the bucket of the point there. */
function timeAt(at: number, line: Line | undefined): string {
  const point: Point | undefined = line && nearest(line, at - (line.shift ?? 0))
  const time = (point?.[0] ?? at) + (line?.shift ?? 0)
  const resolution = line?.resolution ?? 0
  if (resolution >= day) return date(time, { dateStyle: 'medium' })
  if (resolution === 0) return date(time, { dateStyle: 'medium', timeStyle: 'medium' })
  return `${minute(time)} – ${date(time + resolution, { timeStyle: resolution < 60_000 ? 'medium' : 'short' })}`
}
