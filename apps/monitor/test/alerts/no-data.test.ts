import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RuleDraft } from '../../rules/rule.ts'
import { startJudge } from './test-judge.ts'

const tooHot: RuleDraft = { name: 'too-hot', quantity: 'temperature', condition: 'above', limit: 30 }
const offline: RuleDraft = { name: 'offline', condition: 'offline' }

describe('No data', () => {
  const freezer: RuleDraft = { ...tooHot, name: 'freezer', limit: -15, recover: 2, for: 60, noData: 'alert' }

  it('never resolves a firing alert, however long it lasts', (t) => {
    const judge = startJudge(t, [tooHot, { ...tooHot, name: 'slow-end', keepFiringFor: 60 }])
    judge.readings('kitchen', 31, 0, 100)
    judge.reading('kitchen', 20, 110)
    judge.readings('hall', 31, 0, 100)
    judge.notified()
    for (let second = 110; second < 100_000; second += 300) judge.tick(second)
    judge.restart(100_000)
    for (let second = 100_000; second < 200_000; second += 300) judge.tick(second)
    assert.deepEqual(judge.notified(), [])
    assert.deepEqual(judge.open().sort(), [
      'firing slow-end hall/temperature/',
      'firing slow-end kitchen/temperature/',
      'firing too-hot hall/temperature/',
    ])
  })

  it('raises an alert if the rule’s `noData` is alert, until a reading within limits arrives', (t) => {
    const judge = startJudge(t, [freezer])
    judge.readings('freezer', -18, 0, 200)
    judge.tick(799)
    assert.deepEqual(judge.notified(), [])
    judge.tick(800)
    assert.deepEqual(judge.notified(), ['firing freezer freezer'])
    const [alert] = judge.store.alerts.allOpen()
    assert.partialDeepStrictEqual(alert, { noData: 1, value: null, window: 600_000, condition: 'above', bound: -15 })
    judge.reading('freezer', -18, 900)
    assert.deepEqual(judge.notified(), ['resolved freezer freezer'])
  })

  it('is notified again, also after it was acknowledged, if the first reading afterwards is beyond the limit', (t) => {
    const judge = startJudge(t, [freezer])
    judge.readings('freezer', -18, 0, 200)
    judge.tick(800)
    judge.change(() => judge.store.alerts.acknowledge([...judge.store.alerts.allOpen()][0]?.id ?? 0, 810_000))
    judge.notified()
    judge.reading('freezer', -3, 900)
    assert.deepEqual(judge.notified(), ['repeat freezer freezer'])
    assert.partialDeepStrictEqual([...judge.store.alerts.allOpen()][0], { noData: 0, value: -3, acknowledged: null })
  })

  it('is inhibited while the device is offline, and until its series have had time to send a reading', (t) => {
    const judge = startJudge(t, [offline, freezer])
    judge.readings('freezer', -18, 0, 200, { device: 'a' })
    for (let second = 210; second < 3000; second += 10) judge.tick(second)
    assert.deepEqual(judge.notified(), ['firing offline a'])
    judge.deviceSeen('a', 3000, { room: 'freezer' })
    judge.tick(3001)
    assert.deepEqual(judge.notified(), ['resolved offline a'])
    judge.reading('freezer', -18, 3010, { device: 'a' })
    judge.tick(3011)
    assert.deepEqual([judge.notified(), judge.open()], [[], []])
  })

  it('is notified if the device is back and the series still sends no reading', (t) => {
    const judge = startJudge(t, [offline, freezer])
    judge.readings('freezer', -18, 0, 200, { device: 'a' })
    for (let second = 210; second < 3000; second += 10) judge.tick(second)
    for (let second = 3000; second < 3700; second += 10) {
      judge.deviceSeen('a', second, { room: 'freezer' })
      judge.tick(second)
    }
    assert.deepEqual(judge.notified(), ['firing offline a', 'resolved offline a', 'firing freezer freezer'])
  })
})
