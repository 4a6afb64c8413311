import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { calibrate } from '../../probes/calibrate.ts'

const reading = (key: string, quantity: string, value: number) => ({ key, quantity, unit: '', probe: 'p', value })

describe('the calibration', () => {
  it('adds each offset to its probe, by key', () => {
    const readings = [reading('temperature', 'temperature', 20.1), reading('temperature_2', 'temperature', 20.1)]
    const values = calibrate(readings, { temperature: -0.4, pressure: 5 }).map(({ value }) => value)
    assert.deepEqual(values, [19.7, 20.1])
  })

  it('adds the offset of a probe in another room, by its key', () => {
    assert.equal(calibrate([reading('冰箱/temperature', 'temperature', 4)], { temperature: 9, '冰箱/temperature': 0.5 })[0]?.value, 4.5)
  })

  it('limits the result to the range of the quantity', () => {
    assert.equal(calibrate([reading('humidity', 'humidity', 99)], { humidity: 2 })[0]?.value, 100)
    assert.equal(calibrate([reading('humidity', 'humidity', 1)], { humidity: -2 })[0]?.value, 0)
  })

  it('uses no property that every object inherits as an offset', () => {
    assert.equal(calibrate([reading('constructor', 'constructor', 5)], {})[0]?.value, 5)
  })
})
