import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { second } from '@hearthwatch/protocol/durations'
import { beatEvery, watchBeats } from '../src/monitor/heartbeat.ts'

describe('The heartbeat of the event stream', () => {
  it('a stream without beats counts as dead within 15 s, and one with beats never', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    let silences = 0
    const beats = watchBeats(() => {
      silences += 1
    })
    for (let i = 0; i < 20; i += 1) {
      t.mock.timers.tick(beatEvery * second)
      beats.heard()
    }
    assert.equal(silences, 0)
    // The banner waits for 1.5 s more.
    t.mock.timers.tick(13 * second)
    assert.equal(silences, 1)
    beats.heard()
    beats.stop()
    t.mock.timers.tick(60 * second)
    assert.equal(silences, 1)
  })
})
