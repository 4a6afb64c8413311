/** Times in ms. */
export interface Window {
  from: number
  to: number
}

export const periods = ['day', 'night', 'week', 'month'] as const
export type Period = (typeof periods)[number]

/** A fixed window: a period of the calendar, or any other. */
export interface Fixed extends Window {
  kind: Period | 'free'
}

/** Hours of the clock between which it is night. */
const night = { begins: 20, ends: 8 }
/** Days of a step to the next period of this kind; a month steps by itself. */
const steps = { day: 1, night: 1, week: 7 }

const two = (n: number) => String(n).padStart(2, '0')

/** `2026-03-09`, in local time. */
export function dateText(time: number): string {
  const date = new Date(time)
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** Start of a local date in ms; NaN if it is not in the calendar. @param text `2026-03-09` */
export function dateStart(text: string): number {
  const [, y, m, d] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []
  const time = new Date(Number(y), Number(m) - 1, Number(d)).getTime()
  return dateText(time) === text ? time : Number.NaN
}

/** The day, the night that begins on it, or the week or month around it; `by` periods later. Weeks begin on Monday (ISO 8601). */
export function periodAt(kind: Period, time: number, by = 0): Fixed {
  const date = new Date(time)
  const [y, m] = [date.getFullYear(), date.getMonth()]
  if (kind === 'month') return { kind, from: new Date(y, m + by, 1).getTime(), to: new Date(y, m + by + 1, 1).getTime() }
  const d = date.getDate() + by * steps[kind] - (kind === 'week' ? (date.getDay() + 6) % 7 : 0)
  if (kind === 'night') return { kind, from: new Date(y, m, d, night.begins).getTime(), to: new Date(y, m, d + 1, night.ends).getTime() }
  return { kind, from: new Date(y, m, d).getTime(), to: new Date(y, m, d + steps[kind]).getTime() }
}

/** The whole days from the first to the last one; undefined: dates are missing or in the wrong order. */
export function daysBetween(first: string, last: string): Fixed | undefined {
  const from = dateStart(first)
  const end = dateStart(last)
  if (!(from <= end)) return undefined
  const { to } = periodAt('day', end)
  return first === last ? periodAt('day', from) : { kind: 'free', from, to }
}

/** The form that the address has: `week-2026-03-09`, or two times in ms. */
export function textOf({ kind, from, to }: Fixed): string {
  return kind === 'free' ? `${from}-${to}` : `${kind}-${dateText(from)}`
}

/** Reads the address. null: no fixed window */
export function fixedOf(text: string | null): Fixed | null {
  const [, from, to] = /^(\d{1,15})-(\d{1,15})$/.exec(text ?? '') ?? []
  if (from !== undefined && to !== undefined) return Number(from) < Number(to) ? { kind: 'free', from: Number(from), to: Number(to) } : null
  const [, name, date = ''] = /^([a-z]+)-(.*)$/.exec(text ?? '') ?? []
  const kind = periods.find((period) => period === name)
  const start = dateStart(date)
  return kind === undefined || Number.isNaN(start) ? null : periodAt(kind, start)
}

/** The windows that have names. */
export const namedWindows = {
  today: (now: number) => periodAt('day', now),
  yesterday: (now: number) => periodAt('day', now, -1),
  lastNight: (now: number) => periodAt('night', now, -1),
  thisWeek: (now: number) => periodAt('week', now),
  lastWeek: (now: number) => periodAt('week', now, -1),
  thisMonth: (now: number) => periodAt('month', now),
  lastMonth: (now: number) => periodAt('month', now, -1),
}
export type NamedWindow = keyof typeof namedWindows

/** The months up to now, the newest first. */
export const monthsUpTo = (now: number, count: number): Fixed[] => Array.from({ length: count }, (_, i) => periodAt('month', now, -i))
