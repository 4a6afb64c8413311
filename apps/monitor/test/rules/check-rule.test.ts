import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { conditions } from '@hearthwatch/api/rule-bounds'
import fc from 'fast-check'
import { builtInRules } from '../../rules/builtin.ts'
import { readRule } from '../../rules/check-rule.ts'
import { recoverOf } from '../../rules/rule.ts'
import { RuleError } from '../../rules/rule-error.ts'
import { scopeOf } from '../../rules/scope.ts'

const warm = { name: 'warm', condition: 'above', quantity: 'temperature', limit: 26 }

function problems(given: unknown, name?: string): string {
  try {
    readRule(given, name)
  } catch (error) {
    assert.ok(error instanceof RuleError, String(error))
    return error.message
  }
  return ''
}

describe('A rule', () => {
  it('has the default of each field that is left out or null', () => {
    assert.deepEqual(readRule({ ...warm, rooms: null, message: null }), {
      name: 'warm',
      enabled: true,
      quantity: 'temperature',
      rooms: '*',
      condition: 'above',
      limit: 26,
      for: 0,
      keepFiringFor: 0,
      severity: 'warning',
      noData: 'keep',
      repeat: [],
      channels: [],
    })
  })

  it('can be written back as the API lists it', () => {
    for (const rule of builtInRules(30)) assert.deepEqual(readRule({ ...rule, builtIn: true, changed: null }), rule)
  })

  it('is refused with every mistake at once', () => {
    const wrong = { name: 'Too Hot', condition: 'rises', quantity: 'temperature', for: -1, repeat: [0], colour: 'red' }
    const sentences = problems(wrong)
    for (const field of ['name', 'for', 'repeat', '"colour"', 'limit', 'window'])
      assert.match(sentences, new RegExp(`(^|; )${field} `), field)
    assert.equal(sentences.split('; ').length, 6)
  })

  const mistakes: [field: string, wrong: Record<string, unknown>, sentence: RegExp][] = [
    ['name', { name: undefined }, /name is missing/],
    ['name', { name: 'a b' }, /name must be 1 to 64 letters \(a to z\), digits, hyphens/],
    ['name', { name: 'message' }, /name must not be message/],
    ['enabled', { enabled: 'yes' }, /enabled must be true or false \(it is "yes"\)/],
    ['quantity', { quantity: undefined }, /quantity is missing: above needs a quantity/],
    ['quantity', { quantity: 'Temperature' }, /quantity must be the name of a quantity/],
    ['rooms', { rooms: '' }, /rooms must be a text/],
    ['rooms', { rooms: ['kitchen'] }, /rooms must be a text/],
    ['condition', { condition: undefined }, /condition is missing/],
    ['condition', { condition: 'over' }, /condition must be one of above, below, outside, rises, falls, silent, offline \(it is "over"\)/],
    ['limit', { limit: undefined }, /limit is missing: above needs a number in the quantity’s unit/],
    ['limit', { limit: '26' }, /limit must be a number in the quantity’s unit \(it is "26"\)/],
    ['limit', { limit: [20, 26] }, /limit must be a number/],
    ['limit', { limit: 500 }, /limit must be from -100 to 250 °C/],
    ['limit', { condition: 'outside', limit: undefined }, /limit is missing: outside needs \[lowest, highest\]/],
    ['limit', { condition: 'outside', limit: 26 }, /limit must be \[lowest, highest\]/],
    ['limit', { condition: 'outside', limit: [26, 20] }, /limit must be \[lowest, highest\]: 26 is not below 20/],
    ['limit', { condition: 'outside', limit: [20, 22, 24] }, /limit must be \[lowest, highest\]/],
    ['limit', { condition: 'falls', limit: -3, window: 60 }, /limit must be more than 0 °C/],
    ['limit', { condition: 'silent', for: 60 }, /limit has no meaning for silent: leave it out/],
    ['window', { condition: 'rises' }, /window is missing: rises needs the seconds/],
    ['window', { condition: 'rises', window: 0 }, /window must be a number of seconds, more than 0/],
    ['window', { window: 60 }, /window has no meaning for above: leave it out/],
    ['recover', { quantity: 'humidity', limit: 60, recover: 61 }, /recover must be at most 60: values further back are outside the range/],
    ['recover', { recover: -1 }, /recover must be a number, at least 0/],
    ['recover', { condition: 'outside', limit: [20, 22], recover: 1 }, /recover must be less than half/],
    ['recover', { condition: 'rises', limit: 3, window: 60, recover: 3 }, /recover must be less than limit/],
    ['for', { for: '10m' }, /for must be a number of seconds from 0 to 2592000/],
    ['for', { condition: 'silent', limit: undefined }, /for is missing: silent needs the seconds/],
    ['for', { condition: 'silent', limit: undefined, for: 0 }, /for must be more than 0/],
    ['keepFiringFor', { keepFiringFor: 1e9 }, /keepFiringFor must be a number of seconds/],
    ['severity', { severity: 'error' }, /severity must be one of info, warning, critical/],
    ['noData', { noData: 'resolve' }, /noData must be one of alert, keep, ignore/],
    ['noData', { condition: 'silent', limit: undefined, for: 60, noData: 'alert' }, /noData has no meaning for silent/],
    ['repeat', { repeat: 15 }, /repeat must be a list/],
    ['repeat', { repeat: Array(21).fill(15) }, /repeat must be a list of at most 20/],
    ['channels', { channels: 'mail' }, /channels must be a list/],
    ['message', { message: 'It is hot' }, /message must be {"en": "…", "zh-TW": "…"}/],
    ['message', { message: { de: 'Es ist heiß' } }, /message must be/],
    ['quantity', { condition: 'offline', limit: undefined }, /quantity has no meaning for offline/],
  ]
  for (const [field, wrong, sentence] of mistakes) {
    it(`is refused by its field ${field} if it is ${JSON.stringify(wrong)}`, () => {
      const sentences = problems({ ...warm, ...wrong })
      assert.match(sentences, sentence)
      assert.equal(sentences.split('; ').length, 1, sentences)
    })
  }

  it('takes its name from the URL, and is refused with another name', () => {
    const { name: _, ...nameless } = warm
    assert.equal(readRule(nameless, 'warm').name, 'warm')
    assert.match(problems(warm, 'cold'), /name must be cold or be left out/)
  })

  it('is refused if it is no object', () => {
    for (const given of [null, undefined, [], [warm], 'warm', 5]) assert.match(problems(given), /must be a JSON object/)
  })

  it('is accepted or refused with a sentence, whatever JSON is given', () => {
    const value = fc.oneof(fc.jsonValue(), fc.double(), fc.constantFrom(...conditions), fc.constantFrom('temperature', 'critical', '*'))
    const field = fc.constantFrom(...Object.keys({ ...readRule(warm), recover: 0, window: 0, message: 0, __proto__x: 0 }))
    fc.assert(
      fc.property(fc.dictionary(field, value), (given) => {
        const sentences = problems(given)
        if (sentences === '') assert.deepEqual(readRule(readRule(given)), readRule(given))
      }),
    )
  })
})

describe('The distance to the recovery threshold', () => {
  const back = (rule: object) => recoverOf(readRule({ ...warm, ...rule }))

  it('is 1 °C or 2 % of the limit, unless the rule has `recover`', () => {
    assert.equal(back({}), 1)
    assert.equal(back({ quantity: 'temperature_2' }), 1)
    assert.equal(back({ quantity: 'co2', limit: 1000 }), 20)
    assert.equal(back({ quantity: 'power', limit: -500 }), 10)
    assert.equal(back({ recover: 0 }), 0)
  })

  it('is never so long that no value can reach the threshold', () => {
    assert.equal(back({ condition: 'outside', limit: [20, 22] }), 0.5)
    assert.equal(back({ condition: 'rises', limit: 1, window: 60 }), 0.5)
  })
})

describe('The scope of a rule', () => {
  const about = (rooms: string, room: string) => scopeOf({ rooms, quantity: 'temperature' })({ room, quantity: 'temperature' })

  it('has every room of a list, whatever separator people use; a name may contain it', () => {
    for (const list of ['客廳、廚房', '客廳，廚房', '客廳; 廚房', '客廳,廚房'])
      for (const room of ['客廳', '廚房']) assert.ok(about(list, room), list)
    assert.ok(about('bath; upstairs', 'bath; upstairs'))
    assert.ok(!about('客廳、廚房', '浴室'))
  })

  it('is a list of rooms, with * for any run of characters', () => {
    for (const [rooms, room] of [
      ['*', 'kitchen'],
      ['kitchen', 'Kitchen'],
      ['freezer*,冷凍*', '冷凍庫'],
      ['freezer*, 冷凍*', 'freezer 2'],
      ['*room*', 'living-room-2'],
      ['a*b*c', 'a.c.b.c'],
      ['a, b', 'b'],
    ] as const)
      assert.ok(about(rooms, room), `${rooms}: ${room}`)
    for (const [rooms, room] of [
      ['kitchen', 'kitchen-2'],
      ['freezer*', 'my freezer'],
      ['a*a', 'a'],
      ['ab*ba', 'aba'],
      ['.*', 'kitchen'],
      ['k?tchen', 'kitchen'],
    ] as const)
      assert.ok(!about(rooms, room), `${rooms}: ${room}`)
  })

  it('is a quantity, including that of a second probe in the room', () => {
    const isAbout = scopeOf({ rooms: '*', quantity: 'temperature' })
    assert.ok(isAbout({ room: 'a', quantity: 'temperature' }))
    assert.ok(isAbout({ room: 'a', quantity: 'temperature_2' }))
    assert.ok(!isAbout({ room: 'a', quantity: 'humidity' }))
    assert.ok(!scopeOf({ rooms: '*', quantity: 'temperature_2' })({ room: 'a', quantity: 'temperature' }))
  })

  it('is matched at once, however many stars it has', () => {
    const started = performance.now()
    assert.ok(!about('*a'.repeat(250), 'a'.repeat(64)))
    assert.ok(performance.now() - started < 5000)
  })
})
