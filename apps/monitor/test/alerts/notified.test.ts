import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RuleDraft } from '../../rules/rule.ts'
import { startJudge } from './test-judge.ts'

const tooHot: RuleDraft = { name: 'too-hot', quantity: 'temperature', condition: 'above', limit: 30 }
const offline: RuleDraft = { name: 'offline', condition: 'offline' }

describe('A notification', () => {
  it('is repeated after the minutes of the rule, the last of them again and again, until a person acknowledges it', (t) => {
    const judge = startJudge(t, [{ ...tooHot, repeat: [15, 30] }])
    const repeats: number[] = []
    judge.reading('kitchen', 31, 0)
    judge.notified()
    for (let second = 0; second <= 120 * 60; second += 30) {
      judge.tick(second)
      if (judge.notified().length > 0) repeats.push(second / 60)
    }
    assert.deepEqual(repeats, [15, 45, 75, 105])
    const [alert] = judge.store.alerts.allOpen()
    assert.equal(alert?.tellings, 5)
    judge.change(() => judge.store.alerts.acknowledge(alert?.id ?? 0, 7_200_000))
    for (let second = 7200; second <= 14_400; second += 60) judge.tick(second)
    assert.deepEqual(judge.notified(), [])
    judge.reading('kitchen', 20, 14_400)
    assert.deepEqual(judge.notified(), ['resolved too-hot kitchen'])
  })

  it('is sent when an alert fires, also if a person acknowledged it while it was pending', (t) => {
    const judge = startJudge(t, [{ ...tooHot, for: 60 }])
    judge.reading('kitchen', 31, 0)
    judge.change(() => judge.store.alerts.acknowledge([...judge.store.alerts.allOpen()][0]?.id ?? 0, 10_000))
    judge.reading('kitchen', 31, 60)
    assert.deepEqual(judge.notified(), ['firing too-hot kitchen'])
  })

  it('is not sent during a silence, and is sent at its end if the alert still fires', (t) => {
    const judge = startJudge(t, [tooHot])
    const silence = { rule: null, from: 0, until: 600_000, comment: 'painting' }
    judge.change(() => void judge.store.silences.add({ ...silence, room: 'kitchen' }))
    judge.reading('kitchen', 31, 10)
    judge.reading('hall', 31, 10)
    judge.reading('kitchen', 20, 20)
    judge.reading('kitchen', 32, 30)
    assert.deepEqual(judge.notified(), ['firing too-hot hall'])
    assert.equal([...judge.store.alerts.allOpen()].find(({ room }) => room === 'kitchen')?.silenced, 600_000)
    judge.tick(599)
    assert.deepEqual(judge.notified(), [])
    judge.tick(600)
    assert.deepEqual(judge.notified(), ['firing too-hot kitchen'])
    judge.reading('kitchen', 20, 610)
    assert.deepEqual(judge.notified(), ['resolved too-hot kitchen'])
  })

  it('is not sent for each pair of readings of two devices on one topic, and is sent again if the alert lasts', (t) => {
    const judge = startJudge(t, [tooHot])
    for (let second = 0; second < 600; second += 10) {
      judge.reading('kitchen', second % 20 === 0 ? 34 : 21, second)
      judge.tick(second + 1)
    }
    assert.equal(judge.notified().length, 6)
    // The cool device is switched off: the alarm is real.
    for (let second = 600; second <= 620; second += 10) {
      judge.reading('kitchen', 34, second)
      judge.tick(second)
    }
    assert.deepEqual(judge.notified(), [])
    judge.tick(621)
    assert.deepEqual(judge.notified(), ['firing too-hot kitchen'])
    judge.reading('kitchen', 21, 1000)
    judge.reading('kitchen', 34, 1010)
    assert.deepEqual(judge.notified(), ['resolved too-hot kitchen', 'firing too-hot kitchen'])
  })

  it('is sent for each alert of a sensor that reports every half hour', (t) => {
    const judge = startJudge(t, [tooHot])
    for (let hour = 0; hour < 6; hour += 1) {
      judge.reading('attic', 34, hour * 3600)
      judge.reading('attic', 21, hour * 3600 + 1800)
    }
    assert.equal(judge.notified().length, 12)
  })

  it('is not repeated during a silence that begins after the alert', (t) => {
    const judge = startJudge(t, [{ ...tooHot, repeat: [5] }])
    judge.reading('kitchen', 31, 0)
    judge.notified()
    judge.change(() => void judge.store.silences.add({ room: null, rule: 'too-hot', from: 0, until: 1_200_000, comment: '' }))
    for (let second = 0; second < 1200; second += 30) judge.tick(second)
    assert.deepEqual(judge.notified(), [])
    judge.tick(1200)
    assert.deepEqual(judge.notified(), ['repeat too-hot kitchen'])
  })
})

describe('An alarm text', () => {
  it('of a foreign sensor does not stay for days after the clock was set back', (t) => {
    const judge = startJudge(t, [])
    judge.text('kitchen', 'It is warm', 1_000_000)
    judge.tick(5000)
    assert.deepEqual(judge.notified(), ['firing message kitchen', 'resolved message kitchen'])
  })

  it('of a foreign sensor is an alert of its own, which resolves after ten minutes without a repeat', (t) => {
    const judge = startJudge(t, [tooHot])
    judge.text('cellar', 'water!', 0)
    judge.text('cellar', 'water!', 300)
    judge.tick(899)
    assert.deepEqual(judge.notified(), ['firing message cellar'])
    judge.tick(900)
    assert.deepEqual(judge.notified(), ['resolved message cellar'])
  })

  it('joins the alert that a reading has raised in its room, but not an offline alert', (t) => {
    const judge = startJudge(t, [tooHot, offline])
    judge.reading('kitchen', 31, 0)
    judge.text('kitchen', 'Hot!', 1)
    assert.deepEqual(judge.notified(), ['firing too-hot kitchen'])
    assert.equal([...judge.store.alerts.allOpen()][0]?.text, 'Hot!')
    judge.deviceSeen('/cellar', 0)
    judge.deviceOffline('/cellar', 10)
    judge.tick(15)
    judge.text('cellar', 'water!', 20)
    assert.deepEqual(judge.notified(), ['firing offline cellar', 'firing message cellar'])
  })

  it('of our own sensor joins such an alert, and otherwise sends no notification', (t) => {
    const judge = startJudge(t, [tooHot])
    judge.text('kitchen', 'Too hot: 31 °C', 0, true)
    assert.deepEqual([judge.notified(), judge.open()], [[], []])
    judge.reading('kitchen', 31, 1, { device: 'a' })
    judge.text('kitchen', 'Too hot: 31 °C', 2, true)
    judge.text('kitchen', 'Too hot: 32 °C', 3, true)
    assert.equal([...judge.store.alerts.allOpen()][0]?.text, 'Too hot: 31 °C')
    assert.deepEqual(judge.notified(), ['firing too-hot kitchen'])
  })
})
