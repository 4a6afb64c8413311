import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { quantityOf } from '@hearthwatch/protocol'
import { drivers } from '../../probes/index.ts'
import { type Bench, contextOf, testDriver } from './conformance.ts'
import { makeTree, plugHwmon, plugIio, plugW1, type Tree } from './tree.ts'

/** A tree for each driver; a new driver is a line here. */
const benches: Record<Exclude<keyof typeof drivers, 'simulated'>, Bench> = {
  w1: { make: drivers.w1, value: 21.437, plug: (tree) => plugW1(tree, '28-0316a1b2c3d4') },
  iio: {
    make: drivers.iio,
    value: 1006.53253906,
    plug(tree, number) {
      const { home, unplug } = plugIio(tree, number, 'i2c-1/1-0076', { name: 'bmp280\n', in_pressure_input: '100.653253906\n' })
      return { file: `${home}/in_pressure_input`, unplug }
    },
  },
  hwmon: {
    make: drivers.hwmon,
    value: -5.25,
    plug(tree, number) {
      const { home, unplug } = plugHwmon(tree, number, 'i2c-1/1-0044', { name: 'sht3x\n', temp1_input: '-5250\n' })
      return { file: `${home}/temp1_input`, unplug }
    },
  },
  cpu: { make: drivers.cpu, value: 48.312, plug: (tree) => plugThermalZone(tree) },
}

function plugThermalZone(tree: Tree) {
  const home = 'devices/virtual/thermal/thermal_zone0'
  tree.write(`${home}/type`, 'cpu-thermal\n')
  tree.write(`${home}/temp`, '48312\n')
  tree.link('class/thermal/thermal_zone0', home)
  return {
    file: `${home}/temp`,
    unplug() {
      tree.remove('class/thermal/thermal_zone0')
      tree.remove(home)
    },
  }
}

for (const [name, bench] of Object.entries(benches)) {
  const others = Object.values(benches).filter((other) => other !== bench)
  testDriver(
    name,
    bench,
    others.map(({ plug }) => plug),
  )
}

describe('the driver iio', () => {
  it('reads CO₂ in ppm, from the percentage of the kernel', async () => {
    const tree = makeTree()
    const files = { name: 'scd30\n', in_concentration_co2_raw: '81234\n', in_concentration_co2_scale: '0.000001\n' }
    plugIio(tree, 0, 'i2c-1/1-0061', files)
    const [probe] = await drivers.iio(contextOf(tree)).find()
    assert.deepEqual([probe?.quantity, Math.round((await probe?.read(0)) ?? 0)], ['co2', 812])
    tree.end()
  })
})

describe('the driver simulated', () => {
  it('has one probe on any machine, with a value in the unit of its quantity', async () => {
    const tree = makeTree()
    const [probe, ...more] = await drivers.simulated(contextOf(tree)).find()
    assert.deepEqual([probe?.id, more], ['simulated', []])
    const { min, max } = quantityOf('temperature')
    const value = (await probe?.read(1_790_000_010_000)) ?? Number.NaN
    assert.ok(value > min && value < max)
    tree.end()
  })
})
