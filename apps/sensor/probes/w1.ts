import type { Driver, DriverContext } from './probe.ts'
import { ProbeError } from './probe-error.ts'
import { readNumber } from './sysfs.ts'

const folder = 'bus/w1/devices'
/** Families of thermometers: DS18S20, DS1822, DS18B20, DS1825, DS28EA00. */
const thermometer = /^(10|22|28|3b|42)-[0-9a-f]{12}$/
/** The chip's value before its first measurement, and its value with too little power. m°C */
const powerOn = 85_000
const underPowered = 127_937

/**
 * Thermometers on the 1-wire bus (DS18B20 and its family).
 * https://docs.kernel.org/w1/slaves/w1_therm.html
 */
export function w1({ sysfs }: Pick<DriverContext, 'sysfs'>): Driver {
  async function measure(device: string): Promise<number> {
    const read = () => readNumber(sysfs, `${folder}/${device}/temperature`)
    const first = await read()
    const value = first === powerOn ? await read() : first
    if (value === powerOn) throw new ProbeError('gives its power-on value of 85 °C')
    if (value === underPowered) throw new ProbeError('has too little power')
    if (value < -55_000 || value > 125_000) throw new ProbeError(`gives ${value / 1000} °C, which it cannot measure`)
    return value / 1000
  }

  return {
    async find() {
      const devices = (await sysfs.list(folder)).filter((name) => thermometer.test(name))
      return devices.map((device) => ({
        id: `w1-${device}`,
        chip: `w1-${device}`,
        quantity: 'temperature',
        bus: 'w1',
        read: () => measure(device),
      }))
    },
  }
}
