import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { day } from '../../durations.ts'
import { type Fault, knownQuantities, PayloadError, quantityOf, readReading, writeReading } from '../../index.ts'
import { anyText, quantity } from '../arbitraries.ts'

const now = Date.UTC(2026, 10, 23)
const read = (text: string | Buffer, of = 'temperature') => readReading(Buffer.from(text), of, now)

function refused(fault: Fault, ...payloads: (string | Buffer)[]): void {
  for (const payload of payloads) {
    const shown = payload.toString().slice(0, 40)
    assert.throws(
      () => read(payload),
      (error) => error instanceof PayloadError && error.fault === fault,
      `${shown} should be ${fault}`,
    )
  }
}

describe('a reading as plain text', () => {
  it('is a decimal number', () => {
    const numbers = { '25.5': 25.5, '-3': -3, '+4': 4, '.5': 0.5, '7.': 7, '1e1': 10, '2.5E-1': 0.25, '025': 25 }
    for (const [text, value] of Object.entries(numbers)) assert.deepEqual(read(text), { value, time: null })
  })

  it('may have white space around it, as shells and printf write it', () => {
    for (const text of [' 25.5', '25.5\n', '\t25.5\r\n']) assert.equal(read(text).value, 25.5)
  })

  it('is none of the other texts that JavaScript accepts as a number', () => {
    refused('not-a-number', ' ', '\n', 'NaN', 'Infinity', '-Infinity', '0x10', '0b1', '0o7', '1_000', '1n', 'null', 'true', '[]', '""')
  })

  it('has no other characters after the number', () => {
    refused('not-a-number', '25,5', '25.5 °C', '1 2', '--1', '1e', 'e1', '.', '+', '2５', '２５', '25.5\u00a0', Buffer.of(0x32, 0xa0))
  })

  it('may have a byte order mark before it and NUL bytes around it', () => {
    for (const text of ['25.5\0', '\ufeff25.5', '\ufeff 25.5\n\0\0', '\ufeff{"value":25.5}\0', '{"value":25.5}\n\0'])
      assert.equal(read(text).value, 25.5)
    refused('not-a-number', '25\x005', '\0', '\ufeff', '25\ufeff')
  })

  it('may be a JSON text', () => {
    for (const text of ['"25.5"', ' "25.5"\n', '{"value":"25.5"}', '{"value":" 25.5 "}', '{"temperature":"2.55e1"}'])
      assert.equal(read(text).value, 25.5)
    refused(
      'not-a-number',
      '"',
      '""',
      '"25',
      '"25.5 °C"',
      '{"value":""}',
      '{"value":"0x19"}',
      '{"value":"Infinity"}',
      "'25.5'",
      '"2\\u0035"',
    )
  })

  it('is finite', () => {
    refused('not-finite', '1e999', '-1e999', '9e400')
  })

  it('is within the range of its quantity', () => {
    refused('out-of-range', '-100.001', '250.1', '1e308', '-127000')
    assert.equal(read('-100').value, -100)
    assert.equal(read('250').value, 250)
  })

  it('has at most 64 characters', () => {
    assert.equal(read(`${'0'.repeat(62)}25`).value, 25)
    refused('not-a-number', `${'0'.repeat(63)}25`, '['.repeat(60_000))
  })

  it('is never negative zero', () => {
    assert.ok(Object.is(read('-0').value, 0))
    assert.ok(Object.is(read('{"value":-0.0}').value, 0))
  })
})

describe('a reading as JSON', () => {
  it('has a value, under that name or the quantity’s own, and optionally a time', () => {
    assert.deepEqual(read('{"value":25.5}'), { value: 25.5, time: null })
    assert.deepEqual(read('{"temperature":25.5}'), { value: 25.5, time: null })
    assert.deepEqual(read(`{"value":25.5,"time":${now}}`), { value: 25.5, time: now })
    assert.deepEqual(read(`\n {"value":25.5,"time":null,"unit":null,"sensor":{"a":[1]}}`), { value: 25.5, time: null })
    assert.equal(read('{"value":1,"temperature":2}').value, 1)
  })

  it('has null for a value that is left out', () => {
    assert.deepEqual(read('{"value":null,"temperature":21.5,"time":null,"unit":null}'), { value: 21.5, time: null })
    assert.equal(read('{"value":21.5,"temperature":null}').value, 21.5)
    assert.equal(read('{"value":"none","temperature":21.5,"humidity":"bad"}').value, 21.5)
    refused('not-a-number', '{"value":null}', '{"value":null,"temperature":null}')
  })

  it('has a number', () => {
    refused('not-a-number', '{}', '{"value":[1]}', '{"humidity":1}', '{"value":true}')
    refused('not-finite', '{"value":1e999}')
    refused('out-of-range', '{"value":1000}')
  })

  it('is never read from a property that every object inherits', () => {
    refused('not-a-number', '{"__proto__":{"value":1,"temperature":1}}')
    for (const inherited of ['constructor', 'tostring', 'valueof']) assert.throws(() => read('{"a":1}', inherited), PayloadError)
    assert.equal(read('{"constructor":5}', 'constructor').value, 5)
    assert.equal(({} as Record<string, unknown>).value, undefined)
  })

  it('is valid JSON in UTF-8', () => {
    refused('bad-json', '{', '{"value":25.5', "{'value':1}", '{"value":NaN}', '{"value":0x10}', '{"a":'.repeat(50_000))
    refused('bad-text', Buffer.concat([Buffer.from('{"value":1,"a":"'), Buffer.of(0xff, 0xfe), Buffer.from('"}')]))
  })

  it('has a time between 2024 and tomorrow, in whole milliseconds', () => {
    const times = [-1, 0, 1.5, 1_790_000_000, Date.UTC(2024, 0, 1) - 1, now + day + 1, 2 ** 53, 1e300]
    refused(
      'bad-time',
      ...times.map((time) => `{"value":1,"time":${time}}`),
      '{"value":1,"time":"2026-11-23T00:00:00Z"}',
      '{"value":1,"time":[]}',
    )
    for (const time of [Date.UTC(2024, 0, 1), now, now + day]) assert.equal(read(`{"value":1,"time":${time}}`).time, time)
  })
})

describe('the reader of readings', () => {
  it('rejects an empty payload and one over 256 KB', () => {
    refused('empty', '')
    refused('too-large', `{"value":1,"a":"${'x'.repeat(262_144)}"}`, `${' '.repeat(262_144)}1`, Buffer.alloc(10_000_000, 0x5b))
  })

  it('returns a finite number in range or throws PayloadError, for any payload', () => {
    const awkward = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      anyText.map((text) => Buffer.from(text)),
      fc.json().map((text) => Buffer.from(text)),
      fc.tuple(fc.constantFrom('value', 'time', 'temperature', '__proto__', 'constructor'), fc.jsonValue()).map(([key, value]) => {
        return Buffer.from(`{${JSON.stringify(key)}:${JSON.stringify(value)},"value":1}`)
      }),
      fc.double().map((number) => Buffer.from(String(number))),
    )
    fc.assert(
      fc.property(awkward, quantity, (payload, of) => {
        try {
          const { value, time } = readReading(payload, of, now)
          const { min, max } = quantityOf(of)
          assert.ok(value >= min && value <= max)
          assert.ok(time === null || Number.isSafeInteger(time))
        } catch (error) {
          if (!(error instanceof PayloadError)) throw error
        }
      }),
      { numRuns: 5000 },
    )
  })
})

describe('a written reading', () => {
  it('has at most three decimals', () => {
    assert.equal(writeReading(25.5), '25.5')
    assert.equal(writeReading(21.437499), '21.437')
    assert.equal(writeReading(0.1 + 0.2), '0.3')
    assert.equal(writeReading(-0.0001), '0')
    assert.equal(writeReading(20), '20')
  })

  it('is read as the same number if it has at most three decimals', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -100_000, max: 250_000 }),
        (thousandths) => read(writeReading(thousandths / 1000)).value === thousandths / 1000,
      ),
    )
  })

  it('is read within half a thousandth, and within the precision of a float for huge numbers', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const back = read(writeReading(value), 'anything').value
        assert.ok(Math.abs(back - value) <= 0.0005 + Math.abs(value) * 2 * Number.EPSILON, `${value} came back as ${back}`)
      }),
    )
  })

  it('cannot be made from a number that is not finite', () => {
    for (const value of [Number.NaN, Infinity, -Infinity]) assert.throws(() => writeReading(value), RangeError)
  })
})

describe('a quantity', () => {
  it('has a unit and a range if it is known', () => {
    for (const known of knownQuantities) {
      const { unit, min, max } = quantityOf(known)
      assert.ok(unit !== '' && min < max, known)
    }
    assert.deepEqual(quantityOf('temperature'), { unit: '°C', min: -100, max: 250 })
  })

  it('has no unit and accepts every finite number if it is unknown', () => {
    for (const strange of ['wind', 'constructor', 'valueof', 'hasownproperty'])
      assert.deepEqual(quantityOf(strange), { unit: '', min: -Number.MAX_VALUE, max: Number.MAX_VALUE })
    assert.equal(read('1e308', 'wind').value, 1e308)
  })
})
