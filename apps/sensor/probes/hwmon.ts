import { basename, dirname } from 'node:path'
import type { Driver, DriverContext, Probe } from './probe.ts'
import { ProbeError } from './probe-error.ts'
import { retrying } from './retry.ts'
import { readIfThere, readNumber } from './sysfs.ts'

const folder = 'class/hwmon'
const channelFile = /^((temp|humidity)\d+)_input$/
const patience = { tries: 3, rest: 50 }
const quantities = { temp: 'temperature', humidity: 'humidity' } as const

/** Names of thermometers of the machine itself: processors, boards, disks, network cards, memory. */
const ofTheMachine = new RegExp(
  [
    '(^|_)(cpu|soc|gpu|ddr|npu|pkg|phy)|thermal|^rpi_|^rp1_|^nvme|^drivetemp|^spd5118',
    '^(coretemp|k10temp|zenpower|acpitz|pch_|amdgpu|radeon|nouveau|i915|xe|iwlwifi|ath|mt7|r8169)',
    '^(nct|it8|w83|f71|applesmc|macsmc|thinkpad|dell|asus|hp|scmi|scpi)',
  ].join('|'),
)
/** An I2C bus directly on a PCI device belongs to the memory modules or the screen. */
const busOfTheBoard = /\/[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]\/i2c-\d+\//

/**
 * Thermometers of the hardware monitoring subsystem: SHT3x, SHT4x, AHT20, MCP9808, LM75, TMP102.
 * https://docs.kernel.org/hwmon/sysfs-interface.html
 * @param machine true to include the thermometers of the machine itself
 */
export function hwmon(context: Pick<DriverContext, 'sysfs' | 'interval'>, { machine }: { machine: boolean }): Driver {
  const { sysfs } = context

  async function probesOf(entry: string): Promise<Probe[]> {
    const path = `${folder}/${entry}`
    const name = (await readIfThere(sysfs, `${path}/name`)) ?? entry
    // The 1-wire driver lists its probes here a second time, and a bridge those of the industrial I/O subsystem.
    if (/^(w1_slave|iio_hwmon)/.test(name)) return []
    const device = await sysfs.real(`${path}/device`)
    if (!machine && (ofTheMachine.test(name) || busOfTheBoard.test(`${device}/`))) return []
    // The number of a hwmon changes at the next start, so the id uses the place where the chip is plugged in.
    const place = basename(device ?? dirname((await sysfs.real(path)) ?? path))
    const chip = `hwmon-${name}-${place}`
    const measureWithRetries = retrying(patience, context.interval)
    const probes: Probe[] = []
    for (const file of await sysfs.list(path)) {
      const [, channel, kind] = channelFile.exec(file) ?? []
      if (channel === undefined) continue
      const measure = async () => {
        if ((await readIfThere(sysfs, `${path}/${channel}_fault`)) === '1') throw new ProbeError('is open or has a short circuit')
        return readNumber(sysfs, `${path}/${file}`, 0.001)
      }
      probes.push({
        id: `${chip}-${channel}`,
        chip,
        quantity: quantities[kind as keyof typeof quantities],
        bus: `hwmon-${place}`,
        read: (time) => measureWithRetries(measure, time),
      })
    }
    return probes
  }

  return {
    async find() {
      return (await Promise.all((await sysfs.list(folder)).map(probesOf))).flat()
    },
  }
}
