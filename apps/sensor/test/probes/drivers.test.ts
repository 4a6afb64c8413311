import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { drivers } from '../../probes/index.ts'
import type { Driver, DriverContext } from '../../probes/probe.ts'
import { openSysfs } from '../../probes/sysfs.ts'
import { type PluggedProbe, testDriver } from './conformance.ts'
import { makeTree, plugHwmon, plugIio, plugW1, type Tree } from './tree.ts'

const simulate = { mean: 20, spread: 5, seed: 'kitchen' }
const around = (tree: Tree): DriverContext => ({ sysfs: openSysfs(tree.root), interval: 1000, simulate })

/** A probe with its value in one file. */
function inATree(
  make: (context: DriverContext) => Driver,
  plug: (tree: Tree) => { file: string; unplug(): void },
  value: number,
): () => PluggedProbe {
  return () => {
    const tree = makeTree()
    const { file, unplug } = plug(tree)
    return { driver: make(around(tree)), value, unplug, replaceAnswer: (answer) => tree.write(file, answer), end: tree.end }
  }
}

const benches: Record<keyof typeof drivers, () => PluggedProbe> = {
  simulated: () => ({ driver: drivers.simulated({ simulate }), value: null, end: () => {} }),
  w1: inATree(drivers.w1, (tree) => plugW1(tree, '28-0316a1b2c3d4'), 21.437),
  iio: inATree(
    drivers.iio,
    (tree) => {
      const { home, unplug } = plugIio(tree, 0, 'i2c-1/1-0076', { name: 'bmp280\n', in_pressure_input: '100.653253906\n' })
      return { file: `${home}/in_pressure_input`, unplug }
    },
    1006.53253906,
  ),
  hwmon: inATree(
    drivers.hwmon,
    (tree) => {
      const { home, unplug } = plugHwmon(tree, 3, 'i2c-1/1-0044', { name: 'sht3x\n', temp1_input: '-5250\n' })
      return { file: `${home}/temp1_input`, unplug }
    },
    -5.25,
  ),
  cpu: inATree(
    drivers.cpu,
    (tree) => {
      tree.write('class/thermal/thermal_zone0/type', 'cpu-thermal\n')
      tree.write('class/thermal/thermal_zone0/temp', '48312\n')
      return { file: 'class/thermal/thermal_zone0/temp', unplug: () => tree.remove('class/thermal/thermal_zone0') }
    },
    48.312,
  ),
}

for (const [name, plug] of Object.entries(benches)) testDriver(name, plug)

describe('a machine without probes', () => {
  for (const name of ['w1', 'iio', 'hwmon', 'cpu'] as const) {
    it(`has no probe for the driver ${name}`, async () => {
      const tree = makeTree()
      assert.deepEqual(await drivers[name](around(tree)).find(), [])
      tree.end()
    })
  }
})
