import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { BadControlMessage, bounds, type Fault, PayloadError, readCommand, readDesiredConfig, readResponse } from '../../index.ts'

const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
const fault = (wanted: Fault) => (error: unknown) => error instanceof PayloadError && error.fault === wanted
const refused = (id: string, reason: RegExp) => (error: unknown) => {
  assert.ok(error instanceof BadControlMessage, String(error))
  assert.equal(error.id, id)
  assert.match(error.message, reason)
  return true
}

const all = {
  id: 'w-1',
  READ_INTERVAL: 5,
  HEARTBEAT_INTERVAL: 60,
  ALERT_ABOVE: 28,
  ALERT_BELOW: 4,
  MAX_RATE: 2,
  offsets: { temperature: -0.4, temperature_2: 1, '冰箱/temperature': 0.5 },
}

describe('a desired config', () => {
  it('has an id and any of the settings that the monitor can change', () => {
    assert.deepEqual(readDesiredConfig(bytes(all)), all)
    assert.deepEqual(readDesiredConfig(bytes({ id: 'x' })), { id: 'x' })
    assert.deepEqual(readDesiredConfig(bytes({ id: 'x', ALERT_BELOW: null })), { id: 'x', ALERT_BELOW: null })
  })

  it('is refused as a whole for one invalid setting, and the error names the setting', () => {
    for (const [name, { minimum, maximum }] of Object.entries(bounds)) {
      for (const wrong of [minimum - 0.01, maximum + 1, 'warm', true, [], {}])
        assert.throws(
          () => readDesiredConfig(bytes({ ...all, [name]: wrong })),
          refused('w-1', new RegExp(`^${name} must be `)),
          `${name} ${wrong}`,
        )
    }
    assert.throws(() => readDesiredConfig(bytes('{"id":"w-1","READ_INTERVAL":1e999}')), refused('w-1', /^READ_INTERVAL must be /))
    for (const wrong of [5, [], 'x'])
      assert.throws(() => readDesiredConfig(bytes({ ...all, offsets: wrong })), refused('w-1', /^offsets must be object/))
    for (const wrong of ['1', 1001, -1001])
      assert.throws(
        () => readDesiredConfig(bytes({ ...all, offsets: { temperature: wrong } })),
        refused('w-1', /^offsets\.temperature must be /),
      )
  })

  it('is the same with null for a setting that is left out; only for ALERT_BELOW null has a meaning', () => {
    const given = { id: 'x', READ_INTERVAL: null, offsets: { temperature: null, humidity: 1 }, ROOM: null, ALERT_BELOW: null }
    assert.deepEqual(readDesiredConfig(bytes(given)), { id: 'x', offsets: { humidity: 1 }, ALERT_BELOW: null })
    assert.deepEqual(readDesiredConfig(bytes({ id: 'x', offsets: null })), { id: 'x' })
    assert.deepEqual(readCommand(bytes({ id: 'x', action: 'measure', delay: null })), { id: 'x', action: 'measure' })
  })

  it('is refused for an unknown setting', () => {
    for (const name of ['READ_INTERVALL', 'ROOM', 'MQTT_URL', 'constructor', 'a/b'])
      assert.throws(() => readDesiredConfig(bytes({ ...all, [name]: 1 })), refused('w-1', /is not known here$/), name)
    assert.throws(() => readDesiredConfig(bytes('{"id":"w-1","__proto__":{}}')), refused('w-1', /^__proto__ is not known here$/))
    for (const key of ['Temperature', 'a/b/c', '/a', 'a+/b', '', '__proto__'])
      assert.throws(() => readDesiredConfig(bytes(`{"id":"w-1","offsets":{"${key}":1}}`)), refused('w-1', /is not known here$/), key)
  })

  it('is refused if its limits contradict each other', () => {
    assert.throws(
      () => readDesiredConfig(bytes({ ...all, ALERT_BELOW: 28 })),
      refused('w-1', /^ALERT_BELOW must be less than ALERT_ABOVE \(they are 28 and 28\)$/),
    )
  })

  it('cannot be answered without a valid id', () => {
    for (const id of [undefined, null, '', 7, 'x'.repeat(65), 'a b', 'a\n', '客'])
      assert.throws(
        () => readDesiredConfig(bytes({ ...all, id })),
        (error) => fault('bad-json')(error) && !(error instanceof BadControlMessage),
        `${id}`,
      )
    assert.throws(() => readDesiredConfig(Buffer.alloc(0)), fault('empty'))
  })
})

describe('a command', () => {
  it('has an id and an action', () => {
    for (const action of ['identify', 'measure', 'restart'])
      assert.deepEqual(readCommand(bytes({ id: 'c-1', action })), { id: 'c-1', action })
  })

  it('is refused for an unknown action or an unknown field', () => {
    assert.throws(
      () => readCommand(bytes({ id: 'c', action: 'explode' })),
      refused('c', /^action must be one of identify, measure, restart$/),
    )
    assert.throws(() => readCommand(bytes({ id: 'c' })), refused('c', /^action is missing$/))
    assert.throws(() => readCommand(bytes({ id: 'c', action: 'restart', delay: 5 })), refused('c', /^delay is not known here$/))
  })
})

describe('a response', () => {
  it('names the message that it answers and the result', () => {
    assert.deepEqual(readResponse(bytes({ id: 'c', ok: true, error: null, more: 1 })), { id: 'c', ok: true })
    assert.deepEqual(readResponse(bytes({ id: 'c', ok: false, error: 'no' })), { id: 'c', ok: false, error: 'no' })
    for (const wrong of [{ ok: true }, { id: 'c' }, { id: 'c', ok: 1 }, { id: 'a b', ok: true }])
      assert.throws(() => readResponse(bytes(wrong)), fault('bad-json'), JSON.stringify(wrong))
    assert.deepEqual(readResponse(bytes({ id: 'c', ok: false, error: 'x'.repeat(501) })), { id: 'c', ok: false })
  })
})

describe('a reader of control messages', () => {
  it('throws nothing but PayloadError, for any payload', () => {
    const values = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(null, -1, 2 ** 53, [], {}, 'a/b', ''))
    const orders = fc.oneof(
      fc.json().map(bytes),
      fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
      fc.tuple(fc.constantFrom('action', ...Object.keys(all)), values).map(([key, value]) => bytes({ ...all, [key]: value })),
    )
    fc.assert(
      fc.property(orders, fc.constantFrom<(payload: Buffer) => unknown>(readDesiredConfig, readCommand, readResponse), (payload, read) => {
        try {
          read(payload)
        } catch (error) {
          if (!(error instanceof PayloadError)) throw error
        }
      }),
      { numRuns: 2000 },
    )
  })
})
