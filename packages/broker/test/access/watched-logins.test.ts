import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { watchLogins } from '../../access/watched-logins.ts'

describe('The watched logins of a broker', () => {
  it('have the last event of each kind, from the first question on', () => {
    let time = 1000
    const watched = watchLogins(() => time++)
    watched.connected('pi-1')
    watched.published('pi-1', 'home/kitchen/temperature', '20')
    assert.deepEqual(watched.eventsOf('pi-1'), { connected: null, refused: null, denied: null, reading: null })
    watched.refused('pi-1', '192.168.1.5')
    watched.connected('pi-1')
    watched.denied('pi-1', 'home/attic/temperature')
    for (const [topic, text] of [
      ['home/kitchen/temperature', '21'],
      ['home/kitchen/temperature', '22'],
      ['home/kitchen/sensor/status', 'online'],
      ['device/pi-1/heartbeat', '{}'],
    ] as const)
      watched.published('pi-1', topic, Buffer.from(text))
    assert.deepEqual(watched.eventsOf('pi-1'), {
      refused: { time: 1000, address: '192.168.1.5' },
      connected: { time: 1001 },
      denied: { time: 1002, topic: 'home/attic/temperature' },
      reading: { time: 1004, topic: 'home/kitchen/temperature', text: '22' },
    })
  })

  it('are at most 50, those that were asked for last, with short texts', () => {
    const watched = watchLogins()
    for (let i = 0; i < 50; i++) watched.eventsOf(`pi-${i}`)
    watched.connected('pi-0')
    assert.notEqual(watched.eventsOf('pi-0').connected, null)
    watched.eventsOf('pi-50')
    watched.connected('pi-1')
    assert.equal(watched.eventsOf('pi-1').connected, null, 'the oldest was dropped')
    watched.published('pi-50', 'home/kitchen/temperature', 'x'.repeat(10_000))
    assert.equal(watched.eventsOf('pi-50').reading?.text.length, 256)
  })
})
