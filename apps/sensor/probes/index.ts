import type { Log } from '@hearthwatch/log'
import type { SensorConfig } from '../config.ts'
import { cpu } from './cpu.ts'
import { hwmon } from './hwmon.ts'
import { iio } from './iio.ts'
import type { Driver, Surroundings } from './probe.ts'
import { createProbeSet, type ProbeSet } from './probe-set.ts'
import { simulated } from './simulated.ts'
import { openSysfs, readIfThere } from './sysfs.ts'
import { w1 } from './w1.ts'

/** Every way to find probes. A new one is a file of its own and a line here. */
export const drivers = {
  simulated,
  w1,
  iio,
  hwmon: (surroundings: Surroundings) => hwmon(surroundings, { machine: true }),
  cpu,
} satisfies Record<string, (surroundings: Surroundings) => Driver>

/** What `PROBE` may be. */
export const probeChoices = ['auto', ...(Object.keys(drivers) as (keyof typeof drivers)[])] as const

/**
 * The probes that `PROBE` asks for, after a first look. Where there are none it says so, and looks again each minute;
 * but with `auto` on a machine that is no board with pins it simulates one, so that a first try shows something.
 * @param now ms, of a clock that is never put back
 */
export async function openProbes(config: SensorConfig, log: Log, now: () => number): Promise<ProbeSet> {
  const sysfs = openSysfs(config.SYSFS_ROOT)
  const surroundings = {
    sysfs,
    // Asked each time: it may be changed from afar.
    get interval() {
      return config.READ_INTERVAL * 1000
    },
    simulate: { mean: config.SIMULATE_MEAN, spread: config.SIMULATE_SPREAD, seed: config.SIMULATE_SEED },
  }
  const wanted =
    config.PROBE === 'auto'
      ? [w1(surroundings), iio(surroundings), hwmon(surroundings, { machine: false })]
      : [drivers[config.PROBE](surroundings)]
  const probeSet = createProbeSet(wanted, log, now)
  await probeSet.look()
  if (probeSet.channels.length > 0) return probeSet
  const board = await readIfThere(sysfs, 'firmware/devicetree/base/model')
  if (config.PROBE === 'auto' && board === undefined) {
    log.warn('NO PROBE FOUND on this machine: the readings are SIMULATED (PROBE=simulated makes that a choice)')
    const stand = createProbeSet([simulated(surroundings)], log, now)
    await stand.look()
    return stand
  }
  log.error('NO PROBE FOUND: is it plugged in, and its overlay named in config.txt? Looking again each minute', { PROBE: config.PROBE })
  return probeSet
}
