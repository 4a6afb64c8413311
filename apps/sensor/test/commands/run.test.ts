import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { makeTree, plugIio, plugW1, type Tree } from '../probes/tree.ts'

let tree: Tree
before(() => {
  tree = makeTree()
})
after(() => tree.end())

function run(...args: string[]) {
  const main = join(import.meta.dirname, '..', '..', 'main.ts')
  const env = { PATH: process.env.PATH, SYSFS_ROOT: tree.root, PROBES: 'iio-bme280-1-0076=客廳' }
  return spawnSync(process.execPath, [main, ...args], { cwd: tree.root, env, encoding: 'utf8' })
}

describe('npm run sensor -- probes', () => {
  it('exits with 1 and one line about the wiring if there is none, also without a room', () => {
    const { status, stdout, stderr } = run('probes')
    assert.deepEqual([status, stdout], [1, ''])
    assert.match(stderr, /^No probe found \(PROBE=auto\)\. Wire .*\n$/)
  })

  it('lists each probe with its value, id, driver and room, and as JSON with its topic', () => {
    plugW1(tree, '28-0316a1b2c3d4', '21437\n')
    plugW1(tree, '28-000000000002', '85000\n')
    plugIio(tree, 0, 'i2c-1/1-0076', { name: 'bme280\n', in_temp_input: '21000\n' })
    const { status, stdout } = run('probes')
    assert.equal(status, 0)
    assert.match(stdout, /^21\.437 °C +temperature_2 +w1-28-0316a1b2c3d4 +w1 +room$/m)
    assert.match(stdout, /^21 °C +temperature +iio-bme280-1-0076-temp +iio +客廳$/m)
    const { probes, missing } = JSON.parse(run('probes', '--json').stdout)
    assert.deepEqual(missing, [])
    assert.deepEqual(probes[0], {
      id: 'iio-bme280-1-0076-temp',
      driver: 'iio',
      room: '客廳',
      quantity: 'temperature',
      topic: 'home/客廳/temperature',
      unit: '°C',
      value: 21,
      problem: null,
    })
    assert.deepEqual([probes[1].value, probes[1].problem], [null, 'gives its power-on value of 85 °C'])
  })

  it('exits with 2 for a wrong option', () => assert.equal(run('probes', '--jsn').status, 2))
})

describe('npm run sensor -- doctor', () => {
  it('prints JSON, and exits with 1 on an error', () => {
    const { status, stdout } = run('doctor', '--json')
    assert.equal(status, 1)
    const { ok, findings } = JSON.parse(stdout)
    assert.equal(ok, false)
    assert.deepEqual(Object.keys(findings[0]), ['id', 'level', 'what', 'why', 'do'])
  })
})
