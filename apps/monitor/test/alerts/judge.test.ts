import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { judgeHouse } from '@hearthwatch/testhouse/judge'
import fc from 'fast-check'
import type { RuleDraft } from '../../rules/rule.ts'

const tooHot: RuleDraft = { name: 'too-hot', quantity: 'temperature', condition: 'above', limit: 30 }
const offline: RuleDraft = { name: 'offline', condition: 'offline' }

type House = ReturnType<typeof judgeHouse>

describe('A reading', () => {
  it('is judged by every rule about its room and quantity, each on its own', (t) => {
    const house = judgeHouse(t, [
      tooHot,
      { ...tooHot, name: 'fridge', rooms: 'fridge*', limit: 8, severity: 'critical', channels: ['ntfy'] },
      { name: 'damp', quantity: 'humidity', condition: 'above', limit: 70 },
      { ...tooHot, name: 'off', enabled: false, limit: 0 },
    ])
    house.reading('fridge-1', 9, 1)
    assert.deepEqual(house.hears(), ['firing fridge fridge-1 ntfy'])
    house.reading('fridge-1', 31, 2)
    assert.deepEqual(house.hears(), ['firing too-hot fridge-1'])
    house.reading('kitchen', 71, 3, { quantity: 'humidity' })
    assert.deepEqual(house.hears(), ['firing damp kitchen'])
    house.reading('fridge-1', 20, 4)
    assert.deepEqual(house.hears(), ['resolved too-hot fridge-1'])
  })

  it('is about a series: two devices in one room have an alert each', (t) => {
    const house = judgeHouse(t, [tooHot])
    house.reading('kitchen', 31, 1, { device: 'a' })
    house.reading('kitchen', 32, 2, { device: 'b' })
    house.reading('kitchen', 20, 3, { device: 'a' })
    assert.deepEqual(house.open(), ['firing too-hot kitchen/temperature/b'])
  })

  it('is judged as well where it comes from the second probe of a room', (t) => {
    const house = judgeHouse(t, [tooHot])
    house.reading('kitchen', 31, 1, { quantity: 'temperature_2' })
    assert.deepEqual(house.hears(), ['firing too-hot kitchen'])
  })
})

describe('What has begun', () => {
  it('goes on after a restart: a doubt, a recovery, what something has risen from, and who was told', (t) => {
    const house = judgeHouse(t, [
      { ...tooHot, for: 60, keepFiringFor: 60, repeat: [10] },
      { name: 'heats-up', quantity: 'temperature', condition: 'rises', limit: 5, window: 600 },
    ])
    house.reading('kitchen', 27, 0)
    house.reading('kitchen', 31, 10)
    house.restart(20)
    house.reading('kitchen', 31, 40)
    assert.deepEqual(house.hears(), [])
    house.restart(50)
    house.reading('kitchen', 33, 70)
    assert.deepEqual(house.hears(), ['firing too-hot kitchen', 'firing heats-up kitchen'])
    house.restart(80)
    house.tick(81)
    assert.deepEqual(house.hears(), [])
    house.reading('kitchen', 29, 100)
    house.restart(110)
    house.reading('kitchen', 28, 160)
    assert.deepEqual(house.hears(), ['resolved heats-up kitchen', 'resolved too-hot kitchen'])
  })

  it('is announced with each step, told or not, and a doubt that came to nothing is taken back', (t) => {
    const house = judgeHouse(t, [{ ...tooHot, for: 60, keepFiringFor: 60 }])
    const steps = () => house.events.splice(0).map(({ state }) => state)
    house.reading('kitchen', 31, 0)
    house.reading('kitchen', 30, 10)
    assert.deepEqual(steps(), ['pending', 'resolved'])
    assert.deepEqual([house.open(), house.hears(), house.store.alerts.list({})], [[], [], []])
    house.reading('kitchen', 31, 20)
    house.reading('kitchen', 31, 80)
    house.reading('kitchen', 29, 90)
    house.reading('kitchen', 31, 100)
    house.reading('kitchen', 29, 110)
    house.reading('kitchen', 29, 170)
    assert.deepEqual(steps(), ['pending', 'firing', 'recovering', 'firing', 'recovering', 'resolved'])
    assert.deepEqual(house.hears(), ['firing too-hot kitchen', 'resolved too-hot kitchen'])
  })

  it('makes one pair of messages each hold time, however it flaps', (t) => {
    const house = judgeHouse(t, [{ ...tooHot, keepFiringFor: 300 }])
    for (let second = 0; second < 1200; second += 10) house.reading('kitchen', second % 20 === 0 ? 31 : 28, second)
    house.readings('kitchen', 28, 1200, 1600)
    assert.deepEqual(house.hears(), ['firing too-hot kitchen', 'resolved too-hot kitchen'])
  })
})

describe('The same readings', () => {
  const rules: RuleDraft[] = [
    { ...tooHot, for: 30 },
    { ...tooHot, name: 'held', keepFiringFor: 30 },
    { name: 'between', quantity: 'temperature', condition: 'outside', limit: [15, 35] },
    { name: 'heats-up', quantity: 'temperature', condition: 'rises', limit: 8, window: 60 },
  ]
  const happenings = fc.array(
    fc.record({ room: fc.constantFrom('a', 'b'), value: fc.integer({ min: 10, max: 40 }), restart: fc.integer({ min: 0, max: 9 }) }),
    { minLength: 20, maxLength: 40 },
  )

  it('make the same alerts however often the monitor is started anew between them, and never two open ones of one thing', (t) => {
    fc.assert(
      fc.property(happenings, (said) => {
        const [steady, restless] = [judgeHouse(t, rules), judgeHouse(t, rules)]
        said.forEach(({ room, value, restart }, i) => {
          if (restart === 0) restless.restart(i * 10)
          for (const house of [steady, restless]) house.reading(room, value, i * 10)
          assert.equal(new Set(restless.open()).size, restless.open().length)
        })
        assert.deepEqual(restless.store.alerts.list({}), steady.store.alerts.list({}))
        assert.deepEqual(restless.told, steady.told)
      }),
      { numRuns: 8 },
    )
  })
})

describe('A rule that changes', () => {
  const change = (house: House, draft: RuleDraft) => {
    const rule = { ...house.store.rules.get(draft.name)?.rule, ...draft } as Parameters<House['store']['rules']['put']>[0]
    house.change(() => house.store.rules.put(rule, 0))
  }

  it('judges by its new limit from the next reading on', (t) => {
    const house = judgeHouse(t, [tooHot])
    house.reading('kitchen', 31, 0)
    change(house, { ...tooHot, limit: 35 })
    house.tick(5)
    assert.deepEqual(house.open(), ['firing too-hot kitchen/temperature/'])
    house.reading('kitchen', 31, 10)
    assert.deepEqual(house.hears(), ['firing too-hot kitchen', 'resolved too-hot kitchen'])
  })

  it('ends its alerts where it is switched off or about other rooms; told is that only to who knew', (t) => {
    const house = judgeHouse(t, [tooHot, { ...tooHot, name: 'slow', for: 600 }])
    house.change(() => void house.store.silences.add({ room: 'hall', rule: null, from: 0, until: 1e9, comment: '' }))
    house.reading('kitchen', 31, 0)
    house.reading('hall', 31, 0)
    assert.deepEqual(house.hears(), ['firing too-hot kitchen'])
    change(house, { ...tooHot, enabled: false })
    change(house, { ...tooHot, name: 'slow', rooms: 'attic' })
    house.tick(1)
    assert.deepEqual([house.open(), house.hears()], [[], ['resolved too-hot kitchen']])
  })
})

describe('A sensor that speaks only of changes', () => {
  const slow = { ...tooHot, for: 60 }

  it('need not say again that it is too hot; what it says next may be that it is not', (t) => {
    const house = judgeHouse(t, [slow])
    house.reading('kitchen', 31, 0)
    house.tick(59)
    assert.deepEqual(house.hears(), [])
    house.tick(60)
    assert.deepEqual(house.hears(), ['firing too-hot kitchen'])
    house.reading('kitchen', 25, 500)
    assert.deepEqual(house.hears(), ['resolved too-hot kitchen'])
  })

  it('gives one that reports regularly the time to say how things are at the end', (t) => {
    const house = judgeHouse(t, [slow])
    for (let at = 0; at <= 50; at += 10) house.reading('kitchen', at < 10 ? 20 : 31, at)
    house.tick(72)
    house.reading('kitchen', 29, 73)
    assert.deepEqual(house.hears(), [])
  })

  it('is not believed for ever: whoever is missed is for the rule to judge', (t) => {
    const house = judgeHouse(t, [{ ...slow, for: 3600, noData: 'ignore' }])
    for (let at = 0; at <= 50; at += 10) house.reading('kitchen', 31, at)
    house.tick(4000)
    assert.deepEqual([house.open(), house.hears()], [[], []])
  })
})

describe('What goes by another name from now on', () => {
  it('ends the alerts of every rule about it', (t) => {
    const house = judgeHouse(t, [tooHot, { ...tooHot, name: 'warm', limit: 25, for: 60 }, offline])
    house.reading('kitchen', 31, 0)
    house.hears()
    house.change(() => house.judge.retire('kitchen/temperature/', 10_000))
    assert.deepEqual([house.open(), house.hears()], [[], ['resolved too-hot kitchen']])
  })
})
