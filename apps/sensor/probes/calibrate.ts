import { quantityOf } from '@hearthwatch/protocol'
import type { Reading } from './probe.ts'
import type { ProbeSet } from './probe-set.ts'

/**
 * The readings as they should be: with what is known to be wrong about each probe taken out. A value that would leave
 * the range of its quantity stays at its end: 99 % with 2 more is 100 %.
 * @param offsets what is added, by key
 */
export function calibrate(readings: readonly Reading[], offsets: Readonly<Record<string, number>>): Reading[] {
  return readings.map((reading) => {
    const offset = Object.hasOwn(offsets, reading.key) ? (offsets[reading.key] ?? 0) : 0
    if (offset === 0) return reading
    const { min, max } = quantityOf(reading.quantity)
    return { ...reading, value: Math.min(max, Math.max(min, Math.round((reading.value + offset) * 1000) / 1000)) }
  })
}

/** Reads all probes and calibrates them. One reading waits for the other: a probe that is asked twice at a time gives no answer. */
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
