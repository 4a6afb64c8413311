import { basename, dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Driver, type Probe, ProbeError, type Surroundings } from './probe.ts'
import { readIfThere, readNumber, type Sysfs } from './sysfs.ts'

const folder = 'bus/iio/devices'
const channelFile = /^in_((temp|humidityrelative|pressure)\w*?)_(input|raw)$/

/** The kernel gives m°C, m% and kPa. https://docs.kernel.org/admin-guide/abi-testing-files.html, sysfs-bus-iio */
const quantities = {
  temp: { quantity: 'temperature', scale: 0.001 },
  humidityrelative: { quantity: 'humidity', scale: 0.001 },
  pressure: { quantity: 'pressure', scale: 10 },
} as const

/** A DHT answers about three times of four, and not again within 2 s. */
const dht = { tries: 4, rest: 2100 }

/** Weather chips of the industrial I/O subsystem: BME280, BMP280, HTU21, Si7021, DHT11 and DHT22. */
export function iio(surroundings: Pick<Surroundings, 'sysfs' | 'interval'>): Driver {
  const { sysfs } = surroundings

  async function probesOf(device: string): Promise<Probe[]> {
    const path = `${folder}/${device}`
    const name = (await readIfThere(sysfs, `${path}/name`)) ?? device
    // The number of an iio:device is another one after the next start; where the chip is plugged in is not.
    const place = basename(dirname((await sysfs.real(path)) ?? path))
    const files = new Set(await sysfs.list(path))
    const patience = patienceOf(name.startsWith('dht11') ? triesWithin(surroundings.interval) : 1)
    const probes: Probe[] = []
    for (const file of files) {
      const [, channel, kind, form] = channelFile.exec(file) ?? []
      if (channel === undefined || (form === 'raw' && files.has(`in_${channel}_input`))) continue
      const { quantity, scale } = quantities[kind as keyof typeof quantities]
      const measure = async () =>
        scale * (form === 'input' ? await readNumber(sysfs, `${path}/${file}`) : await readRaw(sysfs, path, channel, kind))
      probes.push({ id: `iio-${name}-${place}-${channel}`, quantity, bus: `iio-${place}`, read: (time) => patience(measure, time) })
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

/** (raw + offset) · scale, where either may stand for the channel or for all channels of its kind. */
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

/** How often there is time to ask a DHT until the next reading is due. ms */
function triesWithin(interval: number): number {
  return Math.max(1, Math.min(dht.tries, Math.floor((0.8 * interval) / dht.rest) + 1))
}

/**
 * Asks again where no answer came, so and so often in one tick for all channels of a device together. One that did not
 * answer at all is asked only once at the next ticks: it is rather unplugged than shy, and the others wait for it.
 */
function patienceOf(tries: number) {
  let tick = 0
  let left = tries
  let answered = true
  return async (measure: () => Promise<number>, time: number): Promise<number> => {
    if (time !== tick) {
      left = answered ? tries : 1
      tick = time
      answered = false
    }
    for (;;) {
      left -= 1
      try {
        const value = await measure()
        answered = true
        return value
      } catch (error) {
        if (left <= 0 || !(error instanceof ProbeError) || error.gone) throw error
        await sleep(dht.rest)
      }
    }
  }
}
