import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { RuleDraft } from '../../rules/rule.ts'
import { startJudge, type TestJudge } from './test-judge.ts'

const tooHot: RuleDraft = { name: 'too-hot', quantity: 'temperature', condition: 'above', limit: 30 }
const offline: RuleDraft = { name: 'offline', condition: 'offline' }

describe('A reading', () => {
  it('is judged by every rule about its room and quantity, each on its own', (t) => {
    const judge = startJudge(t, [
      tooHot,
      { ...tooHot, name: 'fridge', rooms: 'fridge*', limit: 8, severity: 'critical', channels: ['ntfy'] },
      { name: 'damp', quantity: 'humidity', condition: 'above', limit: 70 },
      { ...tooHot, name: 'off', enabled: false, limit: 0 },
    ])
    judge.reading('fridge-1', 9, 1)
    assert.deepEqual(judge.notified(), ['firing fridge fridge-1 ntfy'])
    judge.reading('fridge-1', 31, 2)
    assert.deepEqual(judge.notified(), ['firing too-hot fridge-1'])
    judge.reading('kitchen', 71, 3, { quantity: 'humidity' })
    assert.deepEqual(judge.notified(), ['firing damp kitchen'])
    judge.reading('fridge-1', 20, 4)
    assert.deepEqual(judge.notified(), ['resolved too-hot fridge-1'])
  })

  it('raises an alert of its series: two devices in one room have an alert each', (t) => {
    const judge = startJudge(t, [tooHot])
    judge.reading('kitchen', 31, 1, { device: 'a' })
    judge.reading('kitchen', 32, 2, { device: 'b' })
    judge.reading('kitchen', 20, 3, { device: 'a' })
    assert.deepEqual(judge.open(), ['firing too-hot kitchen/temperature/b'])
  })

  it('is judged also if it comes from the second probe of a room', (t) => {
    const judge = startJudge(t, [tooHot])
    judge.reading('kitchen', 31, 1, { quantity: 'temperature_2' })
    assert.deepEqual(judge.notified(), ['firing too-hot kitchen'])
  })
})

describe('An alert that has begun', () => {
  it('keeps its peak, across a restart and on the side of its limit, and after it has resolved', (t) => {
    const band: RuleDraft = { name: 'band', quantity: 'temperature', condition: 'outside', limit: [10, 30], for: 20 }
    const judge = startJudge(t, [tooHot, band])
    const peaks = () => judge.store.alerts.list({}).map(({ rule, state, value, peak }) => [rule, state, value, peak])
    for (const [i, value] of [31, 32.6, 32, 30.5].entries()) judge.reading('kitchen', value, i * 10)
    judge.restart(40)
    assert.deepEqual(peaks(), [
      ['band', 'firing', 32, 32.6],
      ['too-hot', 'firing', 31, 32.6],
    ])
    judge.reading('kitchen', 33.5, 50)
    judge.reading('kitchen', 5, 60)
    judge.reading('kitchen', 4, 70)
    assert.deepEqual(peaks(), [
      ['band', 'firing', 5, 4],
      ['too-hot', 'resolved', 5, 33.5],
    ])
  })

  it('goes on after a restart: its pending and recovering time, its window, and its notifications', (t) => {
    const judge = startJudge(t, [
      { ...tooHot, for: 60, keepFiringFor: 60, repeat: [10] },
      { name: 'heats-up', quantity: 'temperature', condition: 'rises', limit: 5, window: 600 },
    ])
    judge.reading('kitchen', 27, 0)
    judge.reading('kitchen', 31, 10)
    judge.restart(20)
    judge.reading('kitchen', 31, 40)
    assert.deepEqual(judge.notified(), [])
    judge.restart(50)
    judge.reading('kitchen', 33, 70)
    assert.deepEqual(judge.notified(), ['firing too-hot kitchen', 'firing heats-up kitchen'])
    judge.restart(80)
    judge.tick(81)
    assert.deepEqual(judge.notified(), [])
    judge.reading('kitchen', 29, 100)
    judge.restart(110)
    judge.reading('kitchen', 28, 160)
    assert.deepEqual(judge.notified(), ['resolved heats-up kitchen', 'resolved too-hot kitchen'])
  })

  it('is published to the page at each step, and as resolved if it is cancelled while pending', (t) => {
    const judge = startJudge(t, [{ ...tooHot, for: 60, keepFiringFor: 60 }])
    const steps = () => judge.events.splice(0).map(({ state }) => state)
    judge.reading('kitchen', 31, 0)
    judge.reading('kitchen', 30, 10)
    assert.deepEqual(steps(), ['pending', 'resolved'])
    assert.deepEqual([judge.open(), judge.notified(), judge.store.alerts.list({})], [[], [], []])
    judge.reading('kitchen', 31, 20)
    judge.reading('kitchen', 31, 80)
    judge.reading('kitchen', 29, 90)
    judge.reading('kitchen', 31, 100)
    judge.reading('kitchen', 29, 110)
    judge.reading('kitchen', 29, 170)
    assert.deepEqual(steps(), ['pending', 'firing', 'recovering', 'firing', 'recovering', 'resolved'])
    assert.deepEqual(judge.notified(), ['firing too-hot kitchen', 'resolved too-hot kitchen'])
  })

  it('sends one pair of notifications in each `keepFiringFor`, however often the value flaps', (t) => {
    const judge = startJudge(t, [{ ...tooHot, keepFiringFor: 300 }])
    for (let second = 0; second < 1200; second += 10) judge.reading('kitchen', second % 20 === 0 ? 31 : 28, second)
    judge.readings('kitchen', 28, 1200, 1600)
    assert.deepEqual(judge.notified(), ['firing too-hot kitchen', 'resolved too-hot kitchen'])
  })
})

describe('The same readings', () => {
  const rules: RuleDraft[] = [
    { ...tooHot, for: 30 },
    { ...tooHot, name: 'slow-end', keepFiringFor: 30 },
    { name: 'between', quantity: 'temperature', condition: 'outside', limit: [15, 35] },
    { name: 'heats-up', quantity: 'temperature', condition: 'rises', limit: 8, window: 60 },
  ]
  const readings = fc.array(
    fc.record({ room: fc.constantFrom('a', 'b'), value: fc.integer({ min: 10, max: 40 }), restart: fc.integer({ min: 0, max: 9 }) }),
    { minLength: 20, maxLength: 40 },
  )

  it('raise the same alerts however often the monitor is restarted, and never two open alerts of one subject', (t) => {
    fc.assert(
      fc.property(readings, (given) => {
        const [steady, restarted] = [startJudge(t, rules), startJudge(t, rules)]
        given.forEach(({ room, value, restart }, i) => {
          if (restart === 0) restarted.restart(i * 10)
          for (const judge of [steady, restarted]) judge.reading(room, value, i * 10)
          assert.equal(new Set(restarted.open()).size, restarted.open().length)
        })
        assert.deepEqual(restarted.store.alerts.list({}), steady.store.alerts.list({}))
        assert.deepEqual(restarted.notifications, steady.notifications)
      }),
      { numRuns: 8 },
    )
  })
})

describe('A rule that changes', () => {
  const change = (judge: TestJudge, draft: RuleDraft) => {
    const rule = { ...judge.store.rules.get(draft.name)?.rule, ...draft } as Parameters<TestJudge['store']['rules']['put']>[0]
    judge.change(() => judge.store.rules.put(rule, 0))
  }

  it('applies its new limit from the next reading on', (t) => {
    const judge = startJudge(t, [tooHot])
    judge.reading('kitchen', 31, 0)
    change(judge, { ...tooHot, limit: 35 })
    judge.tick(5)
    assert.deepEqual(judge.open(), ['firing too-hot kitchen/temperature/'])
    judge.reading('kitchen', 31, 10)
    assert.deepEqual(judge.notified(), ['firing too-hot kitchen', 'resolved too-hot kitchen'])
  })

  it('ends its alerts if it is switched off or moved to other rooms, and reports only those that were notified', (t) => {
    const judge = startJudge(t, [tooHot, { ...tooHot, name: 'slow', for: 600 }])
    judge.change(() => void judge.store.silences.add({ room: 'hall', rule: null, from: 0, until: 1e9, comment: '' }))
    judge.reading('kitchen', 31, 0)
    judge.reading('hall', 31, 0)
    assert.deepEqual(judge.notified(), ['firing too-hot kitchen'])
    change(judge, { ...tooHot, enabled: false })
    change(judge, { ...tooHot, name: 'slow', rooms: 'attic' })
    judge.tick(1)
    assert.deepEqual([judge.open(), judge.notified()], [[], ['resolved too-hot kitchen']])
  })
})

describe('A sensor that publishes only changes', () => {
  const slow = { ...tooHot, for: 60 }

  it('raises the alert without publishing the value again', (t) => {
    const judge = startJudge(t, [slow])
    judge.reading('kitchen', 31, 0)
    judge.tick(59)
    assert.deepEqual(judge.notified(), [])
    judge.tick(60)
    assert.deepEqual(judge.notified(), ['firing too-hot kitchen'])
    judge.reading('kitchen', 25, 500)
    assert.deepEqual(judge.notified(), ['resolved too-hot kitchen'])
  })

  it('differs from one that reports regularly, which has time for its next reading', (t) => {
    const judge = startJudge(t, [slow])
    for (let at = 0; at <= 50; at += 10) judge.reading('kitchen', at < 10 ? 20 : 31, at)
    judge.tick(72)
    judge.reading('kitchen', 29, 73)
    assert.deepEqual(judge.notified(), [])
  })

  it('raises no alert by its last value once it is missing, because `noData` decides then', (t) => {
    const judge = startJudge(t, [{ ...slow, for: 3600, noData: 'ignore' }])
    for (let at = 0; at <= 50; at += 10) judge.reading('kitchen', 31, at)
    judge.tick(4000)
    assert.deepEqual([judge.open(), judge.notified()], [[], []])
  })
})

describe('A series that has a new name', () => {
  it('ends the alerts of all its rules', (t) => {
    const judge = startJudge(t, [tooHot, { ...tooHot, name: 'warm', limit: 25, for: 60 }, offline])
    judge.reading('kitchen', 31, 0)
    judge.notified()
    judge.retire('kitchen/temperature/', 10)
    assert.deepEqual([judge.open(), judge.notified()], [[], ['resolved too-hot kitchen']])
  })
})
