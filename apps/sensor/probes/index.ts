import type { Log } from '@hearthwatch/log'
import type { ProbeRooms } from '@hearthwatch/protocol'
import { cpu } from './cpu.ts'
import { hwmon } from './hwmon.ts'
import { iio } from './iio.ts'
import type { Driver, DriverContext } from './probe.ts'
import { createProbeSet, type ProbeSet } from './probe-set.ts'
import { driverOf } from './rooms.ts'
import { simulated } from './simulated.ts'
import { openSysfs } from './sysfs.ts'
import { w1 } from './w1.ts'

/** All drivers. A new one is a file of its own and a line here. */
export const drivers = {
  simulated,
  w1,
  iio,
  hwmon: (context: DriverContext) => hwmon(context, { machine: true }),
  cpu,
} satisfies Record<string, (context: DriverContext) => Driver>

/** The values of the setting `PROBE`. */
export const probeChoices = ['auto', ...(Object.keys(drivers) as (keyof typeof drivers)[])] as const

/** The settings of the probes. */
export interface ProbeSettings {
  PROBE: (typeof probeChoices)[number]
  ROOM: string
  /** The rooms of `PROBES`. */
  probeRooms: ProbeRooms
  SYSFS_ROOT: string
  SIMULATE_MEAN: number
  SIMULATE_SPREAD: number
  SIMULATE_SEED: string
}

/**
 * Opens the probes of `PROBE`. If there are none, logs an error and searches again each minute.
 * @param interval ms between two readings; may change
 * @param now ms, of a clock that is never set back
 */
export async function openProbes(settings: ProbeSettings, interval: () => number, log: Log, now: () => number): Promise<ProbeSet> {
  const probeSet = createProbeSet(driversOf(settings, interval), settings, log, now)
  await probeSet.look()
  if (probeSet.channels.length === 0)
    log.error('NO PROBE FOUND; searching again each minute: check the wiring and the overlay in config.txt, or try PROBE=simulated', {
      PROBE: settings.PROBE,
    })
  return probeSet
}

/**
 * The drivers of `PROBE`. With `auto` all that measure a room: the machine's own thermometer and simulated readings only if
 * `PROBES` names them.
 */
export function driversOf(settings: ProbeSettings, interval: () => number): Driver[] {
  const { PROBE: choice, probeRooms } = settings
  const context: DriverContext = {
    sysfs: openSysfs(settings.SYSFS_ROOT),
    get interval() {
      return interval()
    },
    simulate: { mean: settings.SIMULATE_MEAN, spread: settings.SIMULATE_SPREAD, seed: settings.SIMULATE_SEED },
  }
  if (choice !== 'auto') return [drivers[choice](context)]
  const named = [...probeRooms.keys()].map(driverOf)
  const byWord = (['cpu', 'simulated'] as const).filter((driver) => named.includes(driver))
  return [w1(context), iio(context), hwmon(context, { machine: false }), ...byWord.map((driver) => drivers[driver](context))]
}
