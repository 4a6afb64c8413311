import { day } from '@hearthwatch/protocol/durations'
import { number } from '../../words/numbers.ts'
import { date } from '../../words/times.ts'

/** Labels of the time axis in the language of the page, with as much of the date as needed. */
export function timeMarks(marks: readonly number[], step: number): string[] {
  return marks.map((mark, i) => {
    const before = marks[i - 1]
    if (step >= 28 * day) {
      const isNewYear = before === undefined || new Date(before).getFullYear() !== new Date(mark).getFullYear()
      return date(mark, isNewYear ? { month: 'short', year: 'numeric' } : { month: 'short' })
    }
    if (step >= day) return date(mark, { day: 'numeric', month: 'short' })
    const time = date(mark, step < 60_000 ? { timeStyle: 'medium' } : { hour: 'numeric', minute: '2-digit' })
    const isNewDay = new Date(mark).getHours() === 0 && new Date(mark).getMinutes() === 0
    return isNewDay ? date(mark, { weekday: 'short', day: 'numeric', month: 'short' }) : time
  })
}

/** Labels of the value axis, with as many digits as their differences need. */
export function valueMarks(marks: readonly number[], step: number): string[] {
  let digits = 0
  while (digits < 6 && Math.abs(step * 10 ** digits - Math.round(step * 10 ** digits)) > 1e-6) digits += 1
  return marks.map((mark) =>
    Math.abs(mark) >= 1e7 ? mark.toExponential(1) : number(mark, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  )
}
