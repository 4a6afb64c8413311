import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { topicOf } from '../../index.ts'
import { tableUnder } from '../document.ts'

/** Bytes of the headers of IPv4 and TCP (with time stamps) in each packet. */
const headers = 20 + 20 + 12
const puback = 4

/** MQTT 3.1.1, section 3.3: fixed header, topic, message number, payload. */
function publishBytes(topic: string, payload: string, qos: 0 | 1): number {
  const remaining = 2 + Buffer.byteLength(topic) + (qos > 0 ? 2 : 0) + Buffer.byteLength(payload)
  assert.ok(remaining < 128, 'its length fits one byte')
  return 2 + remaining
}

describe('the bytes of a single reading in docs/protocol.md', () => {
  const topic = topicOf('reading', { room: 'living-room', quantity: 'temperature' })
  const counted = tableUnder('Bytes on the wire').filter((cells) => cells[3] === 'counted')

  it('are the message and the TCP acknowledgement at QoS 0', () => {
    const mqtt = publishBytes(topic, '25.5', 0)
    assert.deepEqual(counted[0]?.slice(1, 3).map(Number), [mqtt + 2 * headers, mqtt])
  })

  it('are the message, its PUBACK and the TCP acknowledgement at QoS 1', () => {
    const mqtt = publishBytes(topic, '25.5', 1) + puback
    assert.deepEqual(counted[1]?.slice(1, 3).map(Number), [mqtt + 3 * headers, mqtt])
  })

  it('are the only rows called counted', () => {
    assert.equal(counted.length, 2)
  })
})
