import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Message } from '../../intake/message.ts'
import { type Deferred, deferNewTopics } from '../../intake/new-topics.ts'

const reading = (value: number) =>
  ({
    kind: 'reading',
    topic: 'home/attic/temperature',
    room: 'attic',
    quantity: 'temperature',
    value,
    time: null,
    at: 0,
    late: false,
  }) as Message

describe('The first reading of an unknown topic', () => {
  it('is deferred until the monitor has received the retained info messages, and 2 s longer', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const released: Deferred[] = []
    let hasRetained = false
    const newTopics = deferNewTopics(
      () => true,
      async (message) => void released.push(message),
      () => hasRetained,
    )
    t.after(() => newTopics.close())
    assert.notEqual(newTopics.defer(reading(20)), null)
    t.mock.timers.tick(30_000)
    assert.equal(released.length, 0)
    hasRetained = true
    t.mock.timers.tick(2000)
    assert.equal(released.length, 1)
  })
})
