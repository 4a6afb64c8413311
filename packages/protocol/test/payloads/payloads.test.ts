import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Fault, PayloadError, readHeartbeat, readInfo, readJson, readSentence, readStatus } from '../../index.ts'
import { name } from '../arbitraries.ts'

const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
const fault = (wanted: Fault) => (error: unknown) => error instanceof PayloadError && error.fault === wanted

const heartbeat = {
  device_id: 'pi-1',
  timestamp: '2026-11-23T02:20:00.000Z',
  cpu: 12.5,
  memory: 41,
  temperature: 48.3,
  uptime: 86_400,
  disk: 37.2,
  rssi: -61,
  outbox: 0,
  dropped: 0,
  version: '1.0.0',
}

const info = {
  id: 'pi-1',
  room: 'kitchen',
  version: '1.0.0',
  epoch: '0123456789abcdef',
  interval: 10,
  status: 'home/kitchen/sensor/status',
  readings: [{ key: 'temperature', topic: 'home/kitchen/temperature', unit: '°C', probe: '28-0316a1b2c3d4' }],
  config: { READ_INTERVAL: 10, PROBE: 'w1', OUTBOX_SYNC: 'full' },
}

describe('a heartbeat', () => {
  it('describes the condition of a device', () => {
    assert.deepEqual(readHeartbeat(bytes(heartbeat)), heartbeat)
  })

  it('leaves out values that the machine cannot measure; null counts as left out', () => {
    assert.deepEqual(readHeartbeat(bytes({ cpu: 5 })), { cpu: 5 })
    assert.deepEqual(readHeartbeat(bytes({ cpu: 5, temperature: null, device_id: null })), { cpu: 5 })
    assert.deepEqual(readHeartbeat(bytes({})), {})
  })

  it('loses its unknown fields', () => {
    const read = readHeartbeat(bytes('{"cpu":5,"load":[1,2],"__proto__":{"memory":9},"constructor":1}'))
    assert.deepEqual(Object.entries(read), [['cpu', 5]])
    assert.equal(read.memory, undefined)
    assert.equal(Object.getPrototypeOf(read), Object.prototype)
  })

  it('loses a wrong field alone, and tells its path', () => {
    const wrongs = { cpu: 104.2, memory: 'much', uptime: -1, outbox: 1.5, rssi: 500, version: 'x'.repeat(65), disk: [], device_id: 'a/b' }
    for (const [name, wrong] of Object.entries(wrongs)) {
      const { [name as 'cpu']: _, ...rest } = heartbeat
      const left: string[] = []
      assert.deepEqual(
        readHeartbeat(bytes({ ...heartbeat, [name]: wrong }), ({ fault, message }) => void left.push(`${fault} ${message}`)),
        rest,
      )
      assert.equal(left.length, 1)
      assert.match(left[0] ?? '', new RegExp(`^bad-(json|name) /${name} `))
    }
    assert.deepEqual(readHeartbeat(bytes({ cpu: 104, memory: 41 })), { memory: 41 })
  })

  it('counts rejected readings by probe, and loses a wrong entry alone', () => {
    const rejected = { 'w1-28-0316a1b2c3d4': 3, 'iio-dht11@4-dht11@4-temp': 1 }
    assert.deepEqual(readHeartbeat(bytes({ rejected: { ...rejected, 'a/b': 1, less: -1, many: 'x' } })), { rejected })
  })

  it('may have numbers as text', () => {
    assert.deepEqual(readHeartbeat(bytes({ cpu: '12.5', outbox: '3' })), { cpu: 12.5, outbox: 3 })
  })

  it('may have a byte order mark and NUL bytes around it', () => {
    assert.deepEqual(readHeartbeat(bytes('\ufeff{"cpu":5}\0\0')), { cpu: 5 })
  })
})

describe('an info', () => {
  it('describes a device', () => {
    assert.deepEqual(readInfo(bytes(info)), info)
    assert.deepEqual(readInfo(bytes({ id: 'x', room: '客廳', readings: [] })), { id: 'x', room: '客廳', readings: [] })
  })

  it('accepts any name of a room', () => {
    fc.assert(fc.property(name, name, (id, room) => readInfo(bytes({ ...info, id, room })).room === room.normalize('NFC')))
  })

  it('is rejected for an invalid room or id', () => {
    const strangers = [{ id: 'a/b' }, { room: '../x' }, { room: 'a\nb' }]
    for (const wrong of strangers) assert.throws(() => readInfo(bytes({ ...info, ...wrong })), fault('bad-name'), JSON.stringify(wrong))
  })

  it('loses a wrong field that is not needed, a wrong reading and a wrong setting', () => {
    const [reading] = info.readings
    const lost = (wrong: object) => {
      const left: unknown[] = []
      const read = readInfo(bytes({ ...info, ...wrong }), (error) => void left.push(error))
      assert.ok(left.length > 0, JSON.stringify(wrong))
      return read
    }
    for (const [name, wrong] of Object.entries({ epoch: 'zz', interval: 0, version: 5, status: 'home/+/sensor/status', config: 7 })) {
      const { [name as 'epoch']: _, ...rest } = info
      assert.deepEqual(lost({ [name]: wrong }), rest)
    }
    assert.deepEqual(lost({ readings: [7, reading, { ...reading, topic: 'home/#' }, { topic: 'home/a/b' }] }).readings, [reading])
    assert.deepEqual(
      lost({ readings: [{ ...reading, probe: 5 }] }).readings,
      [{ ...reading, probe: undefined }].map(({ probe: _, ...rest }) => rest),
    )
    assert.equal(lost({ readings: Array(65).fill(reading) }).readings.length, 64)
    assert.deepEqual(lost({ config: { A: 1, B: [], '-': 2 } }).config, { A: 1 })
    const config = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`A${n}`, n]))
    assert.equal(Object.keys(lost({ config }).config ?? {}).length, 256)
  })

  it('keeps a wrong unit as text, so that the reading is refused instead of read in another unit', () => {
    const unitOf = (unit: unknown) => readInfo(bytes({ ...info, readings: [{ ...info.readings[0], unit }] })).readings[0]?.unit
    assert.equal(unitOf(7), '7')
    assert.equal(unitOf('x'.repeat(100))?.length, 64)
    assert.equal(unitOf('degrees Fahrenheit'), 'degrees Fahrenheit')
    assert.equal(unitOf(null), undefined)
  })

  it('is rejected for a missing field and for a needed field of another type', () => {
    const wrongs = [{ id: '' }, { room: 7 }, { readings: {} }]
    for (const wrong of wrongs) assert.throws(() => readInfo(bytes({ ...info, ...wrong })), fault('bad-json'), JSON.stringify(wrong))
    const { room: _, ...homeless } = info
    assert.throws(() => readInfo(bytes(homeless)), fault('bad-json'))
  })

  it('has only plain values in its config, because a deep value could not be serialised', () => {
    const deep = `{"id":"x","room":"y","readings":[],"config":{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`
    assert.deepEqual(readInfo(bytes(deep)).config, {})
    assert.deepEqual(readInfo(bytes('{"id":"x","room":"y","readings":[],"config":{"__proto__":{"a":1}}}')).config, {})
    assert.deepEqual(readInfo(bytes({ ...info, config: { A: 1, B: 'x', C: true, D: null } })).config, { A: 1, B: 'x', C: true, D: null })
  })
})

describe('a status', () => {
  it('is online or offline, in any case, as Tasmota also writes it', () => {
    for (const text of ['online', 'Online', 'ONLINE\n', ' online ']) assert.equal(readStatus(bytes(text)), 'online')
    for (const text of ['offline', 'Offline']) assert.equal(readStatus(bytes(text)), 'offline')
  })

  it('is rejected for any other word', () => {
    for (const text of ['on', 'onlin', '1', 'true', '{"state":"online"}', 'online offline', `online${' '.repeat(100)}`, '\u202eonline'])
      assert.throws(() => readStatus(bytes(text)), fault('bad-status'), text)
    assert.throws(() => readStatus(Buffer.alloc(0)), fault('empty'))
  })
})

describe('the sentence of an alert', () => {
  it('is one line of text', () => {
    assert.equal(readSentence(bytes('廚房太熱了：31.2 °C')), '廚房太熱了：31.2 °C')
    assert.equal(readSentence(bytes('  Too hot\r\nBcc: x@example.org\u2028\u0007now \n')), 'Too hot Bcc: x@example.org now')
  })

  it('keeps marks of writing direction, which are part of the text', () => {
    assert.equal(readSentence(bytes('חם \u200f31°')), 'חם \u200f31°')
  })

  it('ends after 500 characters, never inside one', () => {
    assert.equal(readSentence(bytes('🔥'.repeat(600))), '🔥'.repeat(500))
    assert.equal(readSentence(bytes(`a${'🔥'.repeat(60_000)}`)), `a${'🔥'.repeat(499)}`)
  })

  it('is rejected if no text is left or if it is not UTF-8', () => {
    for (const text of ['', ' ', '\n\n', '\u0000']) assert.throws(() => readSentence(bytes(text)), fault('empty'))
    assert.throws(() => readSentence(Buffer.of(0x61, 0xff)), fault('bad-text'))
    assert.throws(() => readSentence(Buffer.alloc(300_000, 0x61)), fault('too-large'))
  })
})

describe('a reader of payloads', () => {
  it('throws nothing but PayloadError, for any payload', () => {
    const parts = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(null, 'NaN', -1, 2 ** 53, [], {}, 'a/b', ''))
    const almost = fc.tuple(fc.constantFrom(heartbeat, info), fc.constantFrom(...Object.keys({ ...heartbeat, ...info })), parts)
    const payloads = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
      fc.json().map(bytes),
      almost.map(([whole, key, value]) => bytes({ ...whole, [key]: value })),
      fc.constantFrom('NaN', '1e999', ' ', '0x10', 'null', '[]', '"x"', '1', '['.repeat(60_000), '{"__proto__":{}}').map(bytes),
    )
    fc.assert(
      fc.property(
        payloads,
        fc.constantFrom<(payload: Buffer) => unknown>(readHeartbeat, readInfo, readJson, readSentence, readStatus),
        (payload, read) => {
          try {
            read(payload)
          } catch (error) {
            if (!(error instanceof PayloadError)) throw error
          }
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('accepts JSON only if it is an object', () => {
    for (const text of ['null', '[]', '1', '"x"', 'true', '{', '['.repeat(60_000)])
      assert.throws(() => readJson(bytes(text)), fault('bad-json'))
    assert.throws(() => readJson(Buffer.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)), fault('bad-text'))
    assert.throws(() => readJson(Buffer.alloc(0)), fault('empty'))
    assert.throws(() => readJson(Buffer.alloc(262_145, 0x20)), fault('too-large'))
  })
})
