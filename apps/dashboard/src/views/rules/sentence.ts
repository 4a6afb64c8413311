import type { ListedRule } from '@hearthwatch/api/rules'
import { day, minute } from '@hearthwatch/protocol/durations'
import { roomName } from '../../words/alert-sentence.ts'
import { differenceWithUnit, limitWithUnit, number } from '../../words/numbers.ts'
import { quantityName } from '../../words/quantities.ts'
import { duration } from '../../words/times.ts'
import { unitOf } from '../../words/units.ts'
import { patternsOf } from './patterns.ts'
import { say } from './words.ts'

/** Minutes in one unit, or as durations if one is of days. */
const timesOf = (repeat: readonly number[]): string =>
  repeat.some((minutes) => minutes * minute >= day)
    ? repeat.map((minutes) => duration(minutes * minute)).join(say().sentence.and)
    : say().sentence.minutes(repeat.map((minutes) => number(minutes)).join(say().sentence.and))

/** A rule as one sentence. */
export function ruleSentence({ quantity, rooms, condition, limit, window = 0, for: hold, repeat }: ListedRule): string {
  const words = say().sentence
  const where = rooms === '*' ? words.everywhere : patternsOf(rooms).map(roomName).join(words.and)
  const unit = unitOf(quantity ?? '')
  const [low = 0, high = low] = [limit ?? 0].flat()
  const amount = differenceWithUnit(low, unit)
  const within = duration(window * 1000)
  const what = words.what(quantity === undefined ? words.anything : quantityName(quantity), where)
  const lasting = hold > 0 && condition !== 'silent' ? words.for(duration(hold * 1000)) : ''
  const again = repeat.length > 0 ? words.repeats(timesOf(repeat)) : ''
  const matter = {
    above: () => words.above(what, limitWithUnit(low, unit)),
    below: () => words.below(what, limitWithUnit(low, unit)),
    outside: () => words.outside(what, limitWithUnit(low, unit), limitWithUnit(high, unit)),
    rises: () => words.rises(what, amount, within),
    falls: () => words.falls(what, amount, within),
    silent: () => words.silent(what, duration(hold * 1000)),
    offline: () => words.offline(where),
  }[condition]
  return `${matter()}${lasting}${again}`
}
