import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { judgeHouse } from '@hearthwatch/testhouse/judge'
import type { RuleDraft } from '../../rules/rule.ts'

const tooHot: RuleDraft = { name: 'too-hot', quantity: 'temperature', condition: 'above', limit: 30 }
const offline: RuleDraft = { name: 'offline', condition: 'offline' }

describe('People', () => {
  it('are told again after the minutes of the rule, the last of them on and on, until somebody acknowledges it', (t) => {
    const house = judgeHouse(t, [{ ...tooHot, repeat: [15, 30] }])
    const repeats: number[] = []
    house.reading('kitchen', 31, 0)
    house.hears()
    for (let second = 0; second <= 120 * 60; second += 30) {
      house.tick(second)
      if (house.hears().length > 0) repeats.push(second / 60)
    }
    assert.deepEqual(repeats, [15, 45, 75, 105])
    const [alert] = house.store.alerts.allOpen()
    assert.equal(alert?.tellings, 5)
    house.change(() => house.store.alerts.acknowledge(alert?.id ?? 0, 7_200_000))
    for (let second = 7200; second <= 14_400; second += 60) house.tick(second)
    assert.deepEqual(house.hears(), [])
    house.reading('kitchen', 20, 14_400)
    assert.deepEqual(house.hears(), ['resolved too-hot kitchen'])
  })

  it('are told that a doubt has come true although somebody has acknowledged the doubt', (t) => {
    const house = judgeHouse(t, [{ ...tooHot, for: 60 }])
    house.reading('kitchen', 31, 0)
    house.change(() => house.store.alerts.acknowledge([...house.store.alerts.allOpen()][0]?.id ?? 0, 10_000))
    house.reading('kitchen', 31, 60)
    assert.deepEqual(house.hears(), ['firing too-hot kitchen'])
  })

  it('hear nothing under a silence, and what still fires when it ends is told then', (t) => {
    const house = judgeHouse(t, [tooHot])
    const silence = { rule: null, from: 0, until: 600_000, comment: 'painting' }
    house.change(() => void house.store.silences.add({ ...silence, room: 'kitchen' }))
    house.reading('kitchen', 31, 10)
    house.reading('hall', 31, 10)
    house.reading('kitchen', 20, 20)
    house.reading('kitchen', 32, 30)
    assert.deepEqual(house.hears(), ['firing too-hot hall'])
    assert.equal([...house.store.alerts.allOpen()].find(({ room }) => room === 'kitchen')?.silenced, 600_000)
    house.tick(599)
    assert.deepEqual(house.hears(), [])
    house.tick(600)
    assert.deepEqual(house.hears(), ['firing too-hot kitchen'])
    house.reading('kitchen', 20, 610)
    assert.deepEqual(house.hears(), ['resolved too-hot kitchen'])
  })

  it('are not told again under a silence that begins meanwhile', (t) => {
    const house = judgeHouse(t, [{ ...tooHot, repeat: [5] }])
    house.reading('kitchen', 31, 0)
    house.hears()
    house.change(() => void house.store.silences.add({ room: null, rule: 'too-hot', from: 0, until: 1_200_000, comment: '' }))
    for (let second = 0; second < 1200; second += 30) house.tick(second)
    assert.deepEqual(house.hears(), [])
    house.tick(1200)
    assert.deepEqual(house.hears(), ['repeat too-hot kitchen'])
  })
})

describe('A sentence', () => {
  it('from a foreign sensor is an alert of its own, over when it has been quiet for ten minutes', (t) => {
    const house = judgeHouse(t, [tooHot])
    house.text('cellar', 'water!', 0)
    house.text('cellar', 'water!', 300)
    house.tick(899)
    assert.deepEqual(house.hears(), ['firing message cellar'])
    house.tick(900)
    assert.deepEqual(house.hears(), ['resolved message cellar'])
  })

  it('joins the alert that a reading has raised in its room, but not that somebody there is offline', (t) => {
    const house = judgeHouse(t, [tooHot, offline])
    house.reading('kitchen', 31, 0)
    house.text('kitchen', 'Hot!', 1)
    assert.deepEqual(house.hears(), ['firing too-hot kitchen'])
    assert.equal([...house.store.alerts.allOpen()][0]?.text, 'Hot!')
    house.alive('/cellar', 0)
    house.saidOffline('/cellar', 10)
    house.tick(15)
    house.text('cellar', 'water!', 20)
    assert.deepEqual(house.hears(), ['firing offline cellar', 'firing message cellar'])
  })

  it('from a sensor of ours joins it as well, and else tells nobody anything', (t) => {
    const house = judgeHouse(t, [tooHot])
    house.text('kitchen', 'Too hot: 31 °C', 0, true)
    assert.deepEqual([house.hears(), house.open()], [[], []])
    house.reading('kitchen', 31, 1, { device: 'a' })
    house.text('kitchen', 'Too hot: 31 °C', 2, true)
    house.text('kitchen', 'Too hot: 32 °C', 3, true)
    assert.equal([...house.store.alerts.allOpen()][0]?.text, 'Too hot: 31 °C')
    assert.deepEqual(house.hears(), ['firing too-hot kitchen'])
  })
})
