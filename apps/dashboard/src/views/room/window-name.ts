import { dateText, type Fixed, type Window } from '../../words/calendar.ts'
import { date, stretch } from '../../words/times.ts'
import { say } from './words.ts'

const isMidnight = (time: number) => new Date(time).getHours() === 0 && new Date(time).getMinutes() === 0

/** The window in words: `Sunday, 29 November 2026`, `November 2026`, or its two ends. */
export function windowName(window: Window | Fixed): string {
  const { from, to } = window
  const kind = 'kind' in window ? window.kind : 'free'
  if (kind === 'day') return date(from, { dateStyle: 'full' })
  if (kind === 'month') return date(from, { month: 'long', year: 'numeric' })
  if (kind === 'night') return say().night(stretch(from, to))
  // Whole days need no times; their end is the last day's midnight.
  const isDays = isMidnight(from) && isMidnight(to) && dateText(from) !== dateText(to)
  return isDays ? stretch(from, to - 1, true) : stretch(from, to)
}
