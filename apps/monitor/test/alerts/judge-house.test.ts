import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startJudge } from './test-judge.ts'

describe('A disk that is full', () => {
  it('notifies at once, also if it was nearly full before, and has its own text and severity', (t) => {
    const judge = startJudge(t, [])
    judge.trouble('disk', '91 %')
    judge.tick(1)
    assert.deepEqual(judge.notified(), ['firing disk '])
    judge.diskFull(60)
    assert.deepEqual(judge.notified(), ['repeat disk '])
    const [alert] = judge.store.alerts.allOpen()
    assert.deepEqual([alert?.text, alert?.severity], ['100 %', 'critical'])
  })

  it('and has room again every few minutes notifies once an hour', (t) => {
    const judge = startJudge(t, [])
    judge.diskFull(0)
    assert.deepEqual(judge.notified(), ['firing disk '])
    for (let minute = 1; minute <= 61; minute += 1) {
      judge.trouble('disk', '99 %')
      judge.tick(minute * 60 - 1)
      assert.equal([...judge.store.alerts.allOpen()][0]?.text, '99 %')
      judge.diskFull(minute * 60)
    }
    assert.deepEqual(judge.notified(), ['repeat disk '])
  })

  it('resolves when there is room, and notifies at once when it is full again', (t) => {
    const judge = startJudge(t, [])
    judge.diskFull(0)
    judge.trouble('disk', null)
    judge.tick(10)
    judge.diskFull(20)
    assert.deepEqual(judge.notified(), ['firing disk ', 'resolved disk ', 'firing disk '])
  })
})
