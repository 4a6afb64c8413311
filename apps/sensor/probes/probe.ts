import type { Sysfs } from './sysfs.ts'

/** Measures one quantity. A chip with three quantities is three probes on one bus. */
export interface Probe {
  /** Names the place where it is plugged in, also after a restart: `w1-28-0316a1b2c3d4`, `iio-bme280-1-0076-pressure`. */
  readonly id: string
  /** The beginning of the id that all probes of its chip have in common: `iio-bme280-1-0076`. */
  readonly chip: string
  /** In the unit of the quantity: °C, %, hPa, ppm. */
  readonly quantity: 'temperature' | 'humidity' | 'pressure' | 'co2'
  /** Probes of one bus are read one after the other. */
  readonly bus: string
  /** @throws ProbeError if there is no plausible value */
  read(time: number): Promise<number>
}

/** Finds and reads the probes of one kernel interface. */
export interface Driver {
  /** The probes that are plugged in now, in any order. Never throws: without probes the list is empty. */
  find(): Promise<Probe[]>
}

/** The environment of a driver. */
export interface DriverContext {
  sysfs: Sysfs
  /** ms between two readings */
  interval: number
  /** The simulated room, °C. The same seed gives the same readings. */
  simulate: { mean: number; spread: number; seed: string }
}

export interface Reading {
  /** Its name in the record: `temperature`, `temperature_2` for the second probe of a room, `fridge/temperature` for another room. */
  key: string
  quantity: string
  unit: string
  probe: string
  value: number
}
