import fc from 'fast-check'
import { isQuantity } from '../index.ts'

// Letters and digits of many scripts, punctuation, markup, quotes, formulas, emoji, a combining accent, marks of
// writing direction.
const inside = [...'abzABZ09éßøŁжЯλעבحם客廳廚房居間방ห้อง①½-_. ..,;:=@<>&"\'`()[]{}|\\%!?*~^°€🛋🔥\u0301\u200d\u200e\u200f\u202e\u2066']
const character = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...inside) }, { weight: 1, arbitrary: fc.constant('$') })

/** Names as the contract allows them: of any script, with spaces inside, at most 64 characters. */
export const name = fc
  .array(character, { minLength: 1, maxLength: 64 })
  .map((characters) => characters.join(''))
  .map((text) => text.replace(/^[$ ]/, 'a').replace(/ $/, 'b'))

const first = 'abcdefghijklmnopqrstuvwxyz'
const later = `${first}0123456789_`

/** Names of quantities, including names that are special in JavaScript. */
export const quantity = fc.oneof(
  fc.constantFrom('temperature', 'humidity', 'pressure', 'constructor', 'prototype', 'valueof', 'value', 'time', 'id', 'room', 'name'),
  fc
    .tuple(fc.constantFrom(...first), fc.array(fc.constantFrom(...later), { maxLength: 31 }))
    .map(([head, tail]) => head + tail.join(''))
    .filter(isQuantity),
)

/** Any JavaScript string, including halves of surrogate pairs. */
export const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
)

/** Levels that often make topics and filters match or invalid. */
const level = fc.constantFrom('', 'a', 'b', 'home', '客廳', '+', '#', 'a+', '#b', '$SYS', '$')

/** Text that is a topic, a filter or neither. */
export const path = fc.array(level, { minLength: 1, maxLength: 5 }).map((levels) => levels.join('/'))
