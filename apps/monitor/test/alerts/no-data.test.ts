import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { judgeHouse } from '@hearthwatch/testhouse/judge'
import type { RuleDraft } from '../../rules/rule.ts'

const tooHot: RuleDraft = { name: 'too-hot', quantity: 'temperature', condition: 'above', limit: 30 }
const offline: RuleDraft = { name: 'offline', condition: 'offline' }

describe('No data', () => {
  const freezer: RuleDraft = { ...tooHot, name: 'freezer', limit: -15, recover: 2, for: 60, noData: 'alert' }

  it('never resolves what fires, however long it lasts', (t) => {
    const house = judgeHouse(t, [tooHot, { ...tooHot, name: 'held', keepFiringFor: 60 }])
    house.readings('kitchen', 31, 0, 100)
    house.reading('kitchen', 20, 110)
    house.readings('hall', 31, 0, 100)
    house.hears()
    for (let second = 110; second < 100_000; second += 300) house.tick(second)
    house.restart(100_000)
    for (let second = 100_000; second < 200_000; second += 300) house.tick(second)
    assert.deepEqual(house.hears(), [])
    assert.deepEqual(house.open().sort(), [
      'firing held hall/temperature/',
      'firing held kitchen/temperature/',
      'firing too-hot hall/temperature/',
    ])
  })

  it('is an alert where the rule wants that, and over with a reading inside the limit', (t) => {
    const house = judgeHouse(t, [freezer])
    house.readings('freezer', -18, 0, 200)
    house.tick(799)
    assert.deepEqual(house.hears(), [])
    house.tick(800)
    assert.deepEqual(house.hears(), ['firing freezer freezer'])
    const [alert] = house.store.alerts.allOpen()
    assert.partialDeepStrictEqual(alert, { noData: 1, value: null, window: 600_000, condition: 'above', bound: -15 })
    house.reading('freezer', -18, 900)
    assert.deepEqual(house.hears(), ['resolved freezer freezer'])
  })

  it('is told again, although somebody has acknowledged it, where the first reading after it is beyond the limit', (t) => {
    const house = judgeHouse(t, [freezer])
    house.readings('freezer', -18, 0, 200)
    house.tick(800)
    house.change(() => house.store.alerts.acknowledge([...house.store.alerts.allOpen()][0]?.id ?? 0, 810_000))
    house.hears()
    house.reading('freezer', -3, 900)
    assert.deepEqual(house.hears(), ['repeat freezer freezer'])
    assert.partialDeepStrictEqual([...house.store.alerts.allOpen()][0], { noData: 0, value: -3, acknowledged: null })
  })

  it('is explained by the device’s being offline, also in the first moments after it has come back', (t) => {
    const house = judgeHouse(t, [offline, freezer])
    house.readings('freezer', -18, 0, 200, { device: 'a' })
    for (let second = 210; second < 3000; second += 10) house.tick(second)
    assert.deepEqual(house.hears(), ['firing offline a'])
    house.alive('a', 3000, { room: 'freezer' })
    house.tick(3001)
    assert.deepEqual(house.hears(), ['resolved offline a'])
    house.reading('freezer', -18, 3010, { device: 'a' })
    house.tick(3011)
    assert.deepEqual([house.hears(), house.open()], [[], []])
  })

  it('is told when the device is back, and this series is not', (t) => {
    const house = judgeHouse(t, [offline, freezer])
    house.readings('freezer', -18, 0, 200, { device: 'a' })
    for (let second = 210; second < 3000; second += 10) house.tick(second)
    for (let second = 3000; second < 3700; second += 10) {
      house.alive('a', second, { room: 'freezer' })
      house.tick(second)
    }
    assert.deepEqual(house.hears(), ['firing offline a', 'resolved offline a', 'firing freezer freezer'])
  })
})
