import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inOwnUnit, knownQuantities, PayloadError, quantityOf, readAgain, readReading, statedUnits } from '../../index.ts'
import { tableUnder } from '../document.ts'

const now = Date.UTC(2026, 10, 23)
const read = (text: string, quantity: string, unit?: string) => readReading(Buffer.from(text), quantity, now, unit)

describe('a stated unit', () => {
  const values: [quantity: string, number: number, unit: string, value: number][] = [
    ['temperature', 70.1, '°F', 21.1666667],
    ['temperature', -40, '°F', -40],
    ['temperature', 294.65, 'K', 21.5],
    ['temperature_2', 32, '°F', 0],
    ['pressure', 101_325, 'Pa', 1013.25],
    ['pressure', 1013, 'mbar', 1013],
    ['pressure', 101.3, 'kPa', 1013],
    ['pressure', 29.92, 'inHg', 1013.20749],
    ['pressure', 760, 'mmHg', 1013.25014],
    ['pressure', 14.7, 'psi', 1013.52932],
    ['humidity', 0.48, 'ratio', 48],
    ['illuminance', 1.2, 'klx', 1200],
    ['power', 1.5, 'kW', 1500],
    ['power', 1500, 'mW', 1.5],
    ['voltage', 3300, 'mV', 3.3],
    ['co2', 420_000, 'ppb', 420],
  ]
  for (const [quantity, number, unit, value] of values) {
    it(`makes ${number} ${unit} of ${quantity} ${value} ${quantityOf(quantity).unit}`, () => {
      assert.equal(inOwnUnit(number, unit, quantity), value)
      assert.equal(read(String(number), quantity, unit).value, value)
      assert.equal(read(JSON.stringify({ value: number, unit }), quantity).value, value)
    })
  }

  it('is known by its usual spellings', () => {
    const same = {
      temperature: ['°F', 'F', 'f', '℉', 'ºF', 'Â°F', 'degF', 'deg F', 'fahrenheit', 'Fahrenheit', 'degrees Fahrenheit', ' °F '],
      pressure: ['Pa', 'PA', 'pa', 'pascal', '㎩'],
      humidity: ['ratio', 'Ratio', 'fraction'],
      power: ['kW', 'KW', 'kw', 'kilowatt'],
      voltage: ['mV', 'mv', 'millivolt'],
    }
    for (const [quantity, spellings] of Object.entries(same))
      assert.equal(new Set(spellings.map((unit) => inOwnUnit(50, unit, quantity))).size, 1, quantity)
    for (const unit of ['°C', 'C', 'c', '℃', 'celsius', 'degC', 'deg. C', '', ' ', undefined])
      assert.equal(inOwnUnit(21.5, unit, 'temperature'), 21.5)
  })

  it('refuses the value if it is unknown, of another quantity, or ambiguous', () => {
    const wrongs = [
      ['temperature', 'furlong'],
      ['temperature', '°'],
      ['temperature', 'constructor'],
      ['temperature', 'hPa'],
      ['battery', 'V'],
      ['humidity', 'g/m³'],
      ['power', 'Mw'],
    ] as const
    for (const [quantity, unit] of wrongs)
      assert.throws(
        () => inOwnUnit(20, unit, quantity),
        (error) => error instanceof PayloadError && error.fault === 'bad-unit' && error.message.includes(unit),
        `${quantity} in ${unit}`,
      )
    for (const unit of ['7', '[]', '{}', 'true'])
      assert.throws(
        () => read(`{"value":20,"unit":${unit}}`, 'temperature'),
        (error) => error instanceof PayloadError && error.fault === 'bad-unit',
      )
  })

  it('is kept out of the way of a quantity without a unit', () => {
    assert.equal(inOwnUnit(5, 'm/s', 'wind'), 5)
  })

  it('counts before the range of the quantity', () => {
    assert.throws(() => read('300', 'temperature'), PayloadError)
    assert.throws(() => read('500', 'temperature', '°F'), PayloadError)
    assert.equal(read('300', 'temperature', 'K').value, 26.85)
  })

  it('of the message takes precedence over that of the info, and the info may arrive after the number', () => {
    assert.equal(read('{"value":20,"unit":"°C"}', 'temperature', '°F').value, 20)
    assert.equal(readAgain(read('{"value":20,"unit":"°C"}', 'temperature'), 'temperature', '°F'), 20)
    assert.equal(readAgain(read('68', 'temperature'), 'temperature', '°F'), 20)
    assert.equal(readAgain(read('68', 'temperature', '°F'), 'temperature', '°F'), 20)
    assert.equal(readAgain(read('68', 'temperature', '°F'), 'temperature', undefined), 68)
    assert.throws(() => readAgain(read('68', 'temperature'), 'temperature', 'furlong'), PayloadError)
  })

  it('is in the table of docs/protocol.md', () => {
    const rows = knownQuantities.map((name) => {
      const units = (statedUnits[quantityOf(name).unit] ?? []).map(({ spellings }) => spellings.split(' ')[0])
      return [`\`${name}\``, units.join(', ')]
    })
    assert.deepEqual(tableUnder('Units'), rows)
  })
})
