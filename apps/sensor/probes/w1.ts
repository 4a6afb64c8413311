import type { Driver, DriverContext } from './probe.ts'
import { ProbeError } from './probe-error.ts'
import { retrying } from './retry.ts'
import { readNumber } from './sysfs.ts'

const folder = 'bus/w1/devices'
/** Families of thermometers: DS18S20, DS1822, DS18B20, DS1825, DS28EA00. */
const thermometer = /^(10|22|28|3b|42)-[0-9a-f]{12}$/
/** The chip's value before its first measurement, and its value with too little power. m°C */
const powerOn = 85_000
const underPowered = 127_937
/** m°C. A probe that was this close to 85 °C in its last reading may measure it. */
const closeBy = 5000
/** The kernel has already repeated a wrong check sum five times, so once is enough. */
const patience = { tries: 2, rest: 0 }

/**
 * Thermometers on the 1-wire bus (DS18B20 and its family).
 * https://docs.kernel.org/w1/slaves/w1_therm.html
 */
export function w1({ sysfs, interval }: Pick<DriverContext, 'sysfs' | 'interval'>): Driver {
  /** m°C by device */
  const last = new Map<string, number>()

  async function measure(device: string): Promise<number> {
    const value = await readNumber(sysfs, `${folder}/${device}/temperature`)
    const isNear = Math.abs((last.get(device) ?? 0) - powerOn) <= closeBy
    if (value === powerOn && !isNear) throw new ProbeError('gives its power-on value of 85 °C')
    if (value === underPowered) throw new ProbeError('has too little power')
    if (value < -55_000 || value > 125_000) throw new ProbeError(`gives ${value / 1000} °C, which it cannot measure`)
    last.set(device, value)
    return value / 1000
  }

  return {
    async find() {
      const devices = (await sysfs.list(folder)).filter((name) => thermometer.test(name))
      return devices.map((device) => {
        const measureWithRetries = retrying(patience, interval)
        return {
          id: `w1-${device}`,
          chip: `w1-${device}`,
          quantity: 'temperature',
          bus: 'w1',
          read: (time) => measureWithRetries(() => measure(device), time),
        }
      })
    },
  }
}
