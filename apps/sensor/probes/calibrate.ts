import { quantityOf } from '@hearthwatch/protocol'
import type { Reading } from './probe.ts'
import type { ProbeSet } from './probe-set.ts'

/**
 * Adds each probe's calibration offset. The result is limited to the range of the quantity: 99 % plus 2 is 100 %.
 * @param offsets by key
 */
export function calibrate(readings: readonly Reading[], offsets: Readonly<Record<string, number>>): Reading[] {
  return readings.map((reading) => {
    const offset = Object.hasOwn(offsets, reading.key) ? (offsets[reading.key] ?? 0) : 0
    if (offset === 0) return reading
    const { min, max } = quantityOf(reading.quantity)
    return { ...reading, value: Math.min(max, Math.max(min, Math.round((reading.value + offset) * 1000) / 1000)) }
  })
}

/** Reads and calibrates all probes. Calls run one after the other: a probe does not answer two requests at once. */
export function readCalibrated(
  probes: Pick<ProbeSet, 'read'>,
  offsets: () => Readonly<Record<string, number>>,
): (time: number) => Promise<Reading[]> {
  let last: Promise<unknown> = Promise.resolve()
  return (time) => {
    const readings = last.then(async () => calibrate(await probes.read(time), offsets()))
    last = readings.catch(() => {})
    return readings
  }
}
