import { day, hour, second } from '@hearthwatch/protocol/durations'
export const spans = ['hour', 'day', 'week', 'month', 'year', 'all'] as const
export type Span = (typeof spans)[number]

/** Times in ms. */
export interface Window {
  from: number
  to: number
}

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
export function limited({ from, to }: Window, now: number): Window {
  const length = Math.round(Math.max(to - from, narrowest))
  const start = Math.round(Math.max(0, Math.min((from + to) / 2 - length / 2, now + length * 0.1 - length)))
  return { from: start, to: start + length }
}

/** Moves a window by a part of its length; negative: earlier. */
export function moved({ from, to }: Window, part: number, now: number): Window {
  const by = (to - from) * part
  return limited({ from: from + by, to: to + by }, now)
}

/** Zooms around the middle. @param factor below 1: zooms in */
export function zoomed({ from, to }: Window, factor: number, now: number): Window {
  const middle = (from + to) / 2
  const half = ((to - from) / 2) * factor
  return limited({ from: middle - half, to: middle + half }, now)
}

export const shifts = { week: 7 * day, year: 364 * day } as const
export type Shift = keyof typeof shifts

/** The second line of a chart. */
export type Comparison = { kind: 'none' } | { kind: 'before'; shift: Shift } | { kind: 'room'; room: string }

/** In the form that the address has. */
export function comparisonOf(text: string | null): Comparison {
  if (text === 'week' || text === 'year') return { kind: 'before', shift: text }
  return text?.startsWith('room:') ? { kind: 'room', room: text.slice(5) } : { kind: 'none' }
}
