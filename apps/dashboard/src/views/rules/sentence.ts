import { differenceToShown, figureWithUnit, number, shownUnit } from '../../words/numbers.ts'
import { quantityName } from '../../words/quantities.ts'
import { duration } from '../../words/times.ts'
import { unitOf } from '../../words/units.ts'
import type { Rule } from './state.ts'
import { say } from './words.ts'

/** What a rule does, in one sentence. */
export function ruleSentence({ quantity, rooms, condition, limit, window = 0, for: hold, repeat }: Rule): string {
  const words = say().sentence
  const where = rooms === '*' ? words.everywhere : rooms
  const unit = unitOf(quantity ?? '')
  const [low = 0, high = low] = [limit ?? 0].flat()
  const amount = `${number(differenceToShown(low, unit), { maximumFractionDigits: 1 })}\u202f${shownUnit(unit)}`.trim()
  const within = duration(window * 1000)
  const what = words.what(quantity === undefined ? words.anything : quantityName(quantity), where)
  const lasting = hold > 0 && condition !== 'silent' ? ` ${words.for(duration(hold * 1000))}` : ''
  const again = repeat.length > 0 ? ` · ${words.repeats(repeat.map((minutes) => number(minutes)).join(', '))}` : ''
  const matter = {
    above: () => `${what} ${words.above(figureWithUnit(low, unit))}`,
    below: () => `${what} ${words.below(figureWithUnit(low, unit))}`,
    outside: () => `${what} ${words.outside(figureWithUnit(low, unit), figureWithUnit(high, unit))}`,
    rises: () => `${what} ${words.rises(amount, within)}`,
    falls: () => `${what} ${words.falls(amount, within)}`,
    silent: () => `${what}: ${words.silent(duration(hold * 1000))}`,
    offline: () => words.offline(where),
  }[condition]
  return `${matter()}${lasting}${again}`
}
