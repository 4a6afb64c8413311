import type { Log } from '@hearthwatch/log'
import { type ProbeRooms, quantityOf } from '@hearthwatch/protocol'
import { minute, second } from '@hearthwatch/protocol/durations'
import { applyFilter, type FilterState, newFilter } from './filter.ts'
import { type Keys, nameProbes } from './keys.ts'
import type { Driver, Probe, Reading } from './probe.ts'
import { ProbeError } from './probe-error.ts'
import { missingOf, otherRoomOf } from './rooms.ts'

/** ms between two searches for probes */
const lookEvery = minute
/** After this (ms) a probe counts as silent, and is not asked again until it answers. */
const timeout = 20 * second

/** The name, quantity and unit of a probe's readings. */
export type Channel = Omit<Reading, 'value'>

/** All probes of this sensor. */
export type ProbeSet = ReturnType<typeof createProbeSet>

/**
 * @param rooms the sensor's own room, and those of probes in other rooms
 * @param now ms, of a clock that is never set back
 */
export function createProbeSet(
  drivers: readonly Driver[],
  { ROOM: ownRoom, probeRooms }: { ROOM: string; probeRooms: ProbeRooms },
  log: Log,
  now: () => number,
) {
  let probes: Probe[] = []
  let channels: readonly Channel[] = []
  let keys: Keys = new Map()
  let looked = Number.NEGATIVE_INFINITY
  let missing = ''
  const silent = new Set<string>()
  const filters = new Map<string, FilterState>()
  /** Probes whose last reading was rejected, with the reason. */
  const failed = new Map<string, string>()
  /** The failures that were logged, by probe. */
  const logged = new Map<string, string>()
  const rejected = new Map<string, number>()

  /** Searches for the probes that are plugged in now. */
  async function look() {
    looked = now()
    probes = (await Promise.all(drivers.map((driver) => driver.find()))).flat()
    keys = nameProbes(keys, probes, (probe) => otherRoomOf(probeRooms, ownRoom, probe))
    const found = probes.map((probe) => channelOf(probe, keys)).sort((a, b) => (a.key < b.key ? -1 : 1))
    const added = without(found, channels)
    const gone = without(channels, found)
    for (const { probe, key } of added)
      log.info(/_\d+$/.test(key) ? 'one more probe of this quantity in its room found' : 'probe found', { probe, key })
    for (const { probe, key } of gone) log.warn('probe is gone', { probe, key })
    logMissing()
    if (added.length > 0 || gone.length > 0) channels = found
  }

  function logMissing(): void {
    const names = missingOf(probeRooms, probes).join(' ')
    if (names !== missing && names !== '')
      log.warn('PROBES names probes that are not found; searching again each minute', { probes: names })
    missing = names
  }

  async function readInTurn(bus: readonly Probe[], time: number): Promise<Reading[]> {
    const readings: Reading[] = []
    for (const probe of bus) {
      try {
        readings.push({ ...channelOf(probe, keys), value: filtered(probe, await inTime(probe, time), time) })
        failed.delete(probe.id)
        if (logged.delete(probe.id)) log.info('probe answers again', { probe: probe.id })
      } catch (error) {
        if (!(error instanceof ProbeError)) throw error
        if (error.gone) looked = Number.NEGATIVE_INFINITY
        else reject(probe.id, error.message)
      }
    }
    return readings
  }

  /** @throws ProbeError for a value that is not plausible */
  function filtered({ id, quantity }: Probe, value: number, time: number): number {
    const result = applyFilter(filters.get(id) ?? newFilter, value, quantity, time)
    filters.set(id, result.state)
    if ('why' in result) throw new ProbeError(result.why)
    return result.value
  }

  /** Counts a rejected reading. A failure is logged if the reading before was rejected too: a DHT misses one of four. */
  function reject(id: string, why: string): void {
    rejected.set(id, (rejected.get(id) ?? 0) + 1)
    if (failed.has(id) && logged.get(id) !== why) {
      log.warn('probe fails', { probe: id, why })
      logged.set(id, why)
    }
    failed.set(id, why)
  }

  async function inTime(probe: Probe, time: number): Promise<number> {
    if (silent.has(probe.id)) throw new ProbeError('does not answer')
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new ProbeError('does not answer')), timeout)
    })
    silent.add(probe.id)
    const value = probe.read(time).finally(() => silent.delete(probe.id))
    return Promise.race([value, late]).finally(() => clearTimeout(timer))
  }

  return {
    /** The probes that are plugged in, by key: the same array until that changes. */
    get channels(): readonly Channel[] {
      return channels
    },
    /** Number of rejected readings since the start, by probe; undefined: none. */
    get rejected(): Record<string, number> | undefined {
      return rejected.size === 0 ? undefined : Object.fromEntries(rejected)
    },
    look,
    /** Reads all probes. Searches first if the last search is a minute old or a probe was missing. */
    async read(time: number): Promise<Reading[]> {
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
