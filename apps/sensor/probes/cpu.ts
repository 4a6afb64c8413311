import type { Driver, DriverContext } from './probe.ts'
import { readIfThere, readNumber } from './sysfs.ts'

const folder = 'class/thermal'

/** The processor's thermometer, to try a Pi without a probe. It measures the processor's load, not the room. */
export function cpu({ sysfs }: Pick<DriverContext, 'sysfs'>): Driver {
  return {
    async find() {
      const zones = (await sysfs.list(folder)).filter((name) => /^thermal_zone\d+$/.test(name))
      const types = await Promise.all(zones.map((zone) => readIfThere(sysfs, `${folder}/${zone}/type`)))
      const cpus = zones.filter((_, i) => /cpu|soc|x86_pkg/i.test(types[i] ?? ''))
      const chosen = cpus[0] ?? zones[0]
      if (chosen === undefined) return []
      const read = () => readNumber(sysfs, `${folder}/${chosen}/temp`, 0.001)
      return [{ id: `cpu-${chosen}`, chip: `cpu-${chosen}`, quantity: 'temperature', bus: 'cpu', read }]
    },
  }
}
