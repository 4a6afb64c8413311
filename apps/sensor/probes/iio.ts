import { basename, dirname } from 'node:path'
import type { Driver, DriverContext, Probe } from './probe.ts'
import { retrying } from './retry.ts'
import { readIfThere, readNumber, type Sysfs } from './sysfs.ts'

const folder = 'bus/iio/devices'
const channelFile = /^in_((temp|humidityrelative|pressure|concentration_co2)\w*?)_(input|raw)$/

/** The kernel's units are m°C, m%, kPa and %. https://docs.kernel.org/admin-guide/abi-testing-files.html, sysfs-bus-iio */
const quantities = {
  temp: { quantity: 'temperature', scale: 0.001 },
  humidityrelative: { quantity: 'humidity', scale: 0.001 },
  pressure: { quantity: 'pressure', scale: 10 },
  concentration_co2: { quantity: 'co2', scale: 10_000 },
} as const

/** A DHT answers about three requests of four, and none within 2 s of the last. */
const dht = { tries: 4, rest: 2100 }
const others = { tries: 3, rest: 50 }

/** Chips of the industrial I/O subsystem: BME280, BMP280, HTU21, Si7021, DHT11 and DHT22, and SCD30 and SCD41 for CO₂. */
export function iio(surroundings: Pick<DriverContext, 'sysfs' | 'interval'>): Driver {
  const { sysfs } = surroundings

  async function probesOf(device: string): Promise<Probe[]> {
    const path = `${folder}/${device}`
    const name = (await readIfThere(sysfs, `${path}/name`)) ?? device
    // The number of an iio:device changes at the next start, so the id uses the place where the chip is plugged in.
    const place = basename(dirname((await sysfs.real(path)) ?? path))
    const chip = `iio-${name}-${place}`
    const files = new Set(await sysfs.list(path))
    const measureWithRetries = retrying(name.startsWith('dht11') ? dht : others, surroundings.interval)
    const probes: Probe[] = []
    for (const file of files) {
      const [, channel, kind, form] = channelFile.exec(file) ?? []
      if (channel === undefined || (form === 'raw' && files.has(`in_${channel}_input`))) continue
      const { quantity, scale } = quantities[kind as keyof typeof quantities]
      const measure = async () =>
        scale * (form === 'input' ? await readNumber(sysfs, `${path}/${file}`) : await readRaw(sysfs, path, channel, kind))
      probes.push({
        id: `${chip}-${channel}`,
        chip,
        quantity,
        bus: `iio-${place}`,
        read: (time) => measureWithRetries(measure, time),
      })
    }
    return probes
  }

  return {
    async find() {
      const devices = (await sysfs.list(folder)).filter((name) => name.startsWith('iio:device'))
      return (await Promise.all(devices.map(probesOf))).flat()
    },
  }
}

/** (raw + offset) · scale. Offset and scale belong to the channel or to all channels of its kind. */
async function readRaw(sysfs: Sysfs, path: string, channel: string, kind = channel): Promise<number> {
  const part = async (name: string, otherwise: number) => {
    for (const owner of [channel, kind]) {
      const text = await readIfThere(sysfs, `${path}/in_${owner}_${name}`)
      if (text !== undefined && text !== '') return Number(text)
    }
    return otherwise
  }
  const raw = await readNumber(sysfs, `${path}/in_${channel}_raw`)
  return (raw + (await part('offset', 0))) * (await part('scale', 1))
}
