import type { Sysfs } from './sysfs.ts'

/** One thing that measures one quantity. A chip that measures three is three probes on one bus. */
export interface Probe {
  /** Where it is plugged in, the same after a restart: `w1-28-0316a1b2c3d4`, `iio-bme280-1-0076-pressure`. */
  readonly id: string
  /** In the unit of the quantity: °C, %, hPa. */
  readonly quantity: 'temperature' | 'humidity' | 'pressure'
  /** Probes of one bus are read one after the other. */
  readonly bus: string
  /** @throws ProbeError where there is no value that can be believed */
  read(time: number): Promise<number>
}

/** A way to find and read probes. */
export interface Driver {
  /** Those that are plugged in now, in any order. Never throws: nothing there is an empty list. */
  find(): Promise<Probe[]>
}

/** What a driver is made from. */
export interface Surroundings {
  sysfs: Sysfs
  /** ms between two readings */
  interval: number
  /** What the simulated room is like, °C. The same seed gives the same readings. */
  simulate: { mean: number; spread: number; seed: string }
}

/** One number, and what it means. */
export interface Reading {
  /** The quantity, or `temperature_2` where there is another one: the last level of its topic. */
  key: string
  quantity: string
  unit: string
  probe: string
  value: number
}

/** A probe gave nothing, or nothing that can be believed. `gone`: it is not plugged in any more. */
export class ProbeError extends Error {
  readonly gone: boolean
  constructor(message: string, { gone = false, cause }: { gone?: boolean; cause?: unknown } = {}) {
    super(message, { cause })
    this.name = 'ProbeError'
    this.gone = gone
  }
}
