import { day, hour, second } from '@hearthwatch/protocol/durations'
import { type Fixed, periodAt, type Window } from '../../words/calendar.ts'

export const spans = ['hour', 'day', 'week', 'month', 'year', 'all'] as const
export type Span = (typeof spans)[number]

const lengths: Record<Exclude<Span, 'all'>, number> = { hour, day, week: 7 * day, month: 31 * day, year: 366 * day }

export const spanOf = (name: string | null): Span => spans.find((span) => span === name) ?? 'day'

/** The narrowest zoom, ms. */
const narrowest = 10 * second

/**
 * The span up to now. It moves in steps too small to see, to avoid needless redraws.
 * @param first time of the first reading, ms; null: unknown
 */
export function windowOf(span: Span, now: number, first: number | null): Window {
  const length = span === 'all' ? Math.max(now - (first ?? now - lengths.year), hour / 12) * 1.02 : lengths[span]
  const step = Math.max(second, Math.floor(length / 1500))
  const to = Math.ceil(now / step) * step
  return { from: to - length, to }
}

/** Limits a window to at least `narrowest` and to about now; its ends are whole ms, as the marks of an axis need them. */
export function limited({ from, to }: Window, now: number): Fixed {
  const length = Math.round(Math.max(to - from, narrowest))
  const start = Math.round(Math.max(0, Math.min((from + to) / 2 - length / 2, now + length * 0.1 - length)))
  return { kind: 'free', from: start, to: start + length }
}

/** The window before or after: of a period the next one, else half of its length away. @param by -1: earlier */
export function moved(window: Window | Fixed, by: -1 | 1, now: number): Fixed {
  if ('kind' in window && window.kind !== 'free') return periodAt(window.kind, window.from, by)
  const distance = ((window.to - window.from) / 2) * by
  return limited({ from: window.from + distance, to: window.to + distance }, now)
}

/** Zooms around the middle. @param factor below 1: zooms in */
export function zoomed({ from, to }: Window, factor: number, now: number): Fixed {
  const middle = (from + to) / 2
  const half = ((to - from) / 2) * factor
  return limited({ from: middle - half, to: middle + half }, now)
}

export const shifts = ['day', 'week', 'month', 'year'] as const
export type Shift = (typeof shifts)[number]

/** The second line of a chart. */
export type Comparison = { kind: 'none' } | { kind: 'before'; shift: Shift } | { kind: 'room'; room: string }

/** In the form that the address has. */
export function comparisonOf(text: string | null): Comparison {
  const shift = shifts.find((one) => one === text)
  if (shift !== undefined) return { kind: 'before', shift }
  return text?.startsWith('room:') ? { kind: 'room', room: text.slice(5) } : { kind: 'none' }
}

/** The shifts that bring other readings below the window: the shortest is as long as it is. A year always makes sense. */
export function shiftsFor({ from, to }: Window): Shift[] {
  // A day has up to 25 hours, and a span ends at a round time.
  const longest = { day: day + hour, week: 7 * day + hour, month: 31 * day + hour, year: Number.POSITIVE_INFINITY }
  return shifts.filter((shift) => to - from <= longest[shift])
}

/**
 * How far back the compared readings lie, ms: to the same time of the day, also across a change of the clocks. A calendar month
 * is compared with the same dates; all else, where it fits, with the same days of the week.
 */
export function distanceOf(shift: Shift, window: Window | Fixed): number {
  const start = new Date(window.from)
  if ('kind' in window && window.kind === 'month' && (shift === 'month' || shift === 'year'))
    return start.getTime() - periodAt('month', window.from, shift === 'month' ? -1 : -12).from
  const days = { day: 1, week: 7, month: window.to - window.from > 28 * day + hour ? 31 : 28, year: 364 }[shift]
  const then = new Date(window.from)
  then.setDate(start.getDate() - days)
  return start.getTime() - then.getTime()
}
