import type { Log } from '@hearthwatch/log'
import { quantityOf } from '@hearthwatch/protocol'
import { type Keys, nameProbes } from './keys.ts'
import { type Driver, type Probe, ProbeError, type Reading } from './probe.ts'

/** ms between two looks for what was plugged in. */
const lookEvery = 60_000
/** A probe that has not answered after this (ms) is left alone until it does. */
const patience = 20_000

/** What a probe stands for, before it is read. */
export type Channel = Omit<Reading, 'value'>

/** All probes of this sensor. */
export interface ProbeSet {
  /** Those that are plugged in, by key: the same array until something is plugged in or out. */
  readonly channels: readonly Channel[]
  /** Looks for what is plugged in now. */
  look(): Promise<void>
  /** Reads all of them; looks before, where the last look is a minute old or a probe was missing. */
  read(time: number): Promise<Reading[]>
}

/** @param now ms, of a clock that is never put back */
export function createProbeSet(drivers: readonly Driver[], log: Log, now: () => number): ProbeSet {
  let probes: Probe[] = []
  let channels: readonly Channel[] = []
  let keys: Keys = new Map()
  let looked = Number.NEGATIVE_INFINITY
  const silent = new Set<string>()
  const troubles = new Map<string, string>()

  async function look() {
    looked = now()
    probes = (await Promise.all(drivers.map((driver) => driver.find()))).flat()
    keys = nameProbes(keys, probes)
    const found = probes.map((probe) => channelOf(probe, keys)).sort((a, b) => (a.key < b.key ? -1 : 1))
    const added = without(found, channels)
    const gone = without(channels, found)
    for (const { probe, key } of added) log.info('probe found', { probe, key })
    for (const { probe, key } of gone) log.warn('probe is gone', { probe, key })
    if (added.length > 0 || gone.length > 0) channels = found
  }

  async function readInTurn(bus: readonly Probe[], time: number): Promise<Reading[]> {
    const readings: Reading[] = []
    for (const probe of bus) {
      try {
        readings.push({ ...channelOf(probe, keys), value: believable(await inTime(probe, time), probe.quantity) })
        if (troubles.delete(probe.id)) log.info('probe answers again', { probe: probe.id })
      } catch (error) {
        if (!(error instanceof ProbeError)) throw error
        if (error.gone) looked = Number.NEGATIVE_INFINITY
        if (troubles.get(probe.id) !== error.message) log.warn('probe fails', { probe: probe.id, why: error.message })
        troubles.set(probe.id, error.message)
      }
    }
    return readings
  }

  async function inTime(probe: Probe, time: number): Promise<number> {
    if (silent.has(probe.id)) throw new ProbeError('does not answer')
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new ProbeError('does not answer')), patience)
    })
    silent.add(probe.id)
    const value = probe.read(time).finally(() => silent.delete(probe.id))
    return Promise.race([value, late]).finally(() => clearTimeout(timer))
  }

  return {
    get channels() {
      return channels
    },
    look,
    async read(time) {
      if (now() - looked >= lookEvery) await look()
      const buses = Object.values(Object.groupBy(probes, ({ bus }) => bus)) as Probe[][]
      return (await Promise.all(buses.map((bus) => readInTurn(bus, time)))).flat()
    },
  }
}

function channelOf({ id, quantity }: Probe, keys: Keys): Channel {
  return { key: keys.get(id) ?? quantity, quantity, unit: quantityOf(quantity).unit, probe: id }
}

function without(channels: readonly Channel[], others: readonly Channel[]): Channel[] {
  return channels.filter(({ probe }) => !others.some((other) => other.probe === probe))
}

/** Rounded to 3 decimals. @throws ProbeError for what cannot be in a home */
function believable(value: number, quantity: string): number {
  const { min, max, unit } = quantityOf(quantity)
  if (!(value >= min && value <= max)) throw new ProbeError(`gives ${value} ${unit}, which cannot be`)
  return Math.round(value * 1000) / 1000
}
