import { quantityOf, topicOf } from '@hearthwatch/protocol'
import { applyFilter, newFilter } from './filter.ts'
import { driversOf, type ProbeSettings } from './index.ts'
import { nameProbes } from './keys.ts'
import { placeOfKey } from './place.ts'
import type { Probe } from './probe.ts'
import { ProbeError } from './probe-error.ts'
import { driverOf, missingOf, otherRoomOf } from './rooms.ts'

/** A probe that was found, with its value at this moment. */
export interface SurveyedProbe {
  id: string
  driver: string
  room: string
  quantity: string
  topic: string
  unit: string
  /** null: it gives no plausible value. */
  value: number | null
  /** The reason for that; null: none. */
  problem: string | null
}

export interface Survey {
  probes: SurveyedProbe[]
  /** Names in `PROBES` that no probe has. */
  missing: string[]
}

/** ms that a slow probe, such as a DHT, may take. */
const interval = 10_000

/** Finds all probes and reads each once. */
export async function survey(settings: ProbeSettings, now: number): Promise<Survey> {
  const { ROOM, probeRooms } = settings
  const found = (await Promise.all(driversOf(settings, () => interval).map((driver) => driver.find()))).flat()
  const keys = nameProbes(new Map(), found, (probe) => otherRoomOf(probeRooms, ROOM, probe))

  async function describe(probe: Probe): Promise<SurveyedProbe> {
    const place = placeOfKey(keys.get(probe.id) ?? probe.quantity, ROOM)
    const { unit } = quantityOf(probe.quantity)
    const about = { id: probe.id, driver: driverOf(probe.id), ...place, topic: topicOf('reading', place), unit }
    try {
      const result = applyFilter(newFilter, await probe.read(now), probe.quantity, now)
      return 'value' in result ? { ...about, value: result.value, problem: null } : { ...about, value: null, problem: result.why }
    } catch (error) {
      if (!(error instanceof ProbeError)) throw error
      return { ...about, value: null, problem: error.message }
    }
  }

  async function describeBus(bus: readonly Probe[]): Promise<SurveyedProbe[]> {
    const described = []
    for (const probe of bus) described.push(await describe(probe))
    return described
  }

  const buses = Object.values(Object.groupBy(found, ({ bus }) => bus)) as Probe[][]
  const probes = (await Promise.all(buses.map(describeBus))).flat()
  return { probes: probes.sort((a, b) => (a.id < b.id ? -1 : 1)), missing: missingOf(probeRooms, found) }
}
