import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deflateSync } from 'node:zlib'
import { createLog, silent } from '@hearthwatch/log'
import fc from 'fast-check'
import { createParser } from '../../intake/parse.ts'

const now = Date.UTC(2026, 10, 23, 12)
const packet = (topic: string, payload: string | Buffer, retain = false) =>
  ({ topic, payload: Buffer.from(payload), qos: 1, retain, dup: false }) as const

/** Parses one packet, and returns the message or the reasons of its rejection. */
function parse(topic: string, payload: string | Buffer, late = false) {
  const parser = createParser(silent)
  const message = parser.read(packet(topic, payload), now, late)
  return { message, reasons: [...parser.rejected.keys()] }
}

describe('The parser', () => {
  it('accepts a plain number as a reading', () => {
    const { message } = parse('home/客廳/temperature', '25.5')
    assert.deepEqual(message, {
      topic: 'home/客廳/temperature',
      at: now,
      retained: false,
      late: false,
      kind: 'reading',
      room: '客廳',
      quantity: 'temperature',
      value: 25.5,
      time: null,
    })
  })

  it('accepts a JSON reading with its own time, and a value under the name of the quantity', () => {
    assert.partialDeepStrictEqual(parse('home/attic/humidity', JSON.stringify({ humidity: 40, time: now - 1000 })).message, {
      value: 40,
      time: now - 1000,
      late: false,
    })
  })

  it('marks a reading as late if it is over ten minutes old or was queued at the broker', () => {
    assert.equal(parse('home/attic/humidity', JSON.stringify({ value: 40, time: now - 601_000 })).message?.late, true)
    assert.equal(parse('home/attic/humidity', '40', true).message?.late, true)
  })

  it('reads the device from the topic, or from device_id on the shared heartbeat topic', () => {
    assert.partialDeepStrictEqual(parse('device/pi-1/heartbeat', '{"cpu":12.5}').message, { kind: 'heartbeat', device: 'pi-1' })
    assert.partialDeepStrictEqual(parse('device/heartbeat', '{"device_id":"esp","cpu":1}').message, { kind: 'heartbeat', device: 'esp' })
  })

  it('accepts a topic below home/{room}/sensor/ as a status only if an info names it', () => {
    const named = createParser(silent, undefined, (topic) => topic === 'home/kitchen/sensor/second')
    assert.partialDeepStrictEqual(named.read(packet('home/kitchen/sensor/second', 'offline'), now, false), {
      kind: 'status',
      room: 'kitchen',
    })
    assert.equal(named.read(packet('home/kitchen/sensor/door_text/state', 'offline'), now, false), null)
    assert.deepEqual([...named.rejected], [['not-ours', 1]])
  })

  it('passes over the words of gateways and nodes of others without a warning', () => {
    const lines: string[] = []
    const parser = createParser(createLog('test', 'info', (line) => void lines.push(line)))
    const read = (topic: string, payload: string) => parser.read(packet(topic, payload), now, false)
    const words = ['OMG_gw/LWT', 'OMG_gw/SYStoMQTT', 'OMG_gw/version', 'garage/online', 'porch/debug', 'heater/SENSOR', 'sensor1/state']
    for (const word of words) assert.equal(read(`home/${word}`, '0.9'), null, word)
    assert.equal(read('home/home_presence/OMG_gw', '{"distance":1.2}'), null)
    assert.equal(read('zigbee2mqtt/somebody', '1'), null)
    assert.deepEqual([...parser.rejected], [['not-ours', words.length + 2]])
    assert.deepEqual(lines, [])
    assert.equal(read('home/kitchen/Temperature', '21'), null)
    assert.equal(lines.length, 1)
  })

  const wrong: [topic: string, payload: string | Buffer, reason: string][] = [
    ['home/kitchen/temperature', '', 'empty'],
    ['home/kitchen/temperature', 'warm', 'not-a-number'],
    ['home/kitchen/temperature', 'NaN', 'not-a-number'],
    ['home/kitchen/temperature', 'null', 'not-a-number'],
    ['home/kitchen/temperature', '0x10', 'not-a-number'],
    ['home/kitchen/temperature', '1e999', 'not-finite'],
    ['home/kitchen/temperature', '251', 'out-of-range'],
    ['home/kitchen/temperature', '[1]', 'not-a-number'],
    ['home/kitchen/temperature', '{"value":', 'bad-json'],
    ['home/kitchen/temperature', '{"__proto__":{"value":1}}', 'not-a-number'],
    ['home/kitchen/constructor', '{}', 'not-a-number'],
    ['home/kitchen/temperature', '{"value":1,"time":1}', 'bad-time'],
    ['home/kitchen/temperature', '{"value":1,"time":1.5e12}', 'bad-time'],
    ['home/kitchen/temperature', Buffer.alloc(262_145, '1'), 'too-large'],
    ['home/kitchen/temperature', Buffer.from([0xff, 0xfe]), 'not-a-number'],
    ['home/kitchen/Temperature', '20', 'bad-topic'],
    ['home/ kitchen/temperature', '20', 'bad-topic'],
    [`home/${'a'.repeat(65)}/temperature`, '20', 'bad-topic'],
    ['home/kitchen/sensor/status', 'maybe', 'bad-status'],
    ['home/kitchen/alert', Buffer.from([0xc3, 0x28]), 'bad-text'],
    ['device/pi-1/heartbeat', '[]', 'bad-json'],
    ['home/kitchen/temperature', '{"value":20,"unit":"furlong"}', 'bad-unit'],
    ['device/heartbeat', '{"cpu":1}', 'bad-name'],
    ['device/pi-1/info', '{"id":"pi-2","room":"kitchen","readings":[]}', 'bad-name'],
  ]
  for (const [topic, payload, reason] of wrong) {
    it(`rejects ${JSON.stringify(payload.toString().slice(0, 30))} on ${topic.slice(0, 40)} and counts it as ${reason}`, () => {
      const { message, reasons } = parse(topic, payload)
      assert.equal(message, null)
      assert.deepEqual(reasons, [reason])
    })
  }

  it('counts a wrong field of a message as bad-field, and accepts the message without it', () => {
    const { message, reasons } = parse('device/pi-1/heartbeat', '{"cpu":104.2,"memory":41}')
    assert.partialDeepStrictEqual(message, { kind: 'heartbeat', heartbeat: { memory: 41 } })
    assert.deepEqual(reasons, ['bad-field'])
  })

  it('has one name for both spellings of a room or a device, and keeps the topic as it was published', () => {
    const [composed, decomposed] = ['K\u00fcche', 'Ku\u0308che']
    assert.partialDeepStrictEqual(parse(`home/${decomposed}/temperature`, '20').message, {
      room: composed,
      topic: `home/${decomposed}/temperature`,
    })
    assert.partialDeepStrictEqual(parse(`home/${decomposed}/sensor/status`, 'online').message, { room: composed })
    assert.partialDeepStrictEqual(parse('device/heartbeat', JSON.stringify({ device_id: decomposed })).message, { device: composed })
    const info = JSON.stringify({ id: decomposed, room: decomposed, readings: [] })
    for (const id of [composed, decomposed])
      assert.partialDeepStrictEqual(parse(`device/${id}/info`, info).message, {
        device: composed,
        info: { id: decomposed, room: composed },
      })
  })

  it('does not throw for any bytes on any topic', () => {
    const parser = createParser(silent)
    const levels = fc.array(
      fc.oneof(fc.constantFrom('home', 'device', 'kitchen', 'temperature', 'alert', 'sensor', 'status', 'info', 'heartbeat'), fc.string()),
      { minLength: 1, maxLength: 5 },
    )
    fc.assert(
      fc.property(levels, fc.uint8Array({ maxLength: 200 }), (topic, bytes) => {
        parser.read(packet(topic.join('/'), Buffer.from(bytes)), now, false)
      }),
    )
  })

  it('rejects JSON with thousands of levels, plain and packed', () => {
    assert.deepEqual(parse('device/pi-1/heartbeat', '['.repeat(16_000)).reasons, ['bad-json'])
    assert.deepEqual(parse('home/kitchen/temperature', `{"value":${'['.repeat(16_000)}`).reasons, ['bad-json'])
    assert.deepEqual(parse('device/pi-1/readings', deflateSync('['.repeat(262_000))).reasons, ['bad-json'])
    assert.deepEqual(parse('device/pi-1/readings', deflateSync('{"a":'.repeat(50_000))).reasons, ['bad-json'])
  })

  it('rejects a text, a reading and a heartbeat of more than 16 KB', () => {
    for (const topic of ['home/kitchen/alert', 'home/kitchen/temperature', 'device/pi-1/heartbeat', 'device/pi-1/status'])
      assert.deepEqual(parse(topic, ' '.repeat(16_385)).reasons, ['too-large'])
  })

  it('logs rejections of a topic once a minute, and counts each of them', () => {
    const lines: string[] = []
    const parser = createParser(createLog('test', 'info', (line) => void lines.push(line)))
    for (let i = 0; i < 100; i += 1) parser.read(packet('home/kitchen/temperature', 'warm'), now + i * 1000, false)
    assert.equal(lines.length, 2)
    assert.equal(parser.rejected.get('not-a-number'), 100)
  })
})
