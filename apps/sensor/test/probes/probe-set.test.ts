import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { createLog } from '@hearthwatch/log'
import fc from 'fast-check'
import { readConfig } from '../../config.ts'
import { openProbes } from '../../probes/index.ts'
import { nameProbes } from '../../probes/keys.ts'
import type { ProbeSet } from '../../probes/probe-set.ts'
import { makeTree, plugHwmon, plugIio, plugW1, type Tree } from './tree.ts'

let tree: Tree
afterEach(() => tree?.end())

/** The probes of a tree, with a manual clock and the log. */
async function open(env: Record<string, string> = {}): Promise<{ probeSet: ProbeSet; pass: (ms: number) => void; lines: string[] }> {
  let clock = 0
  const lines: string[] = []
  const log = createLog('probes', 'debug', (line) => lines.push(line))
  const config = readConfig({ ROOM: 'kitchen', SYSFS_ROOT: tree.root, ...env }, [])
  const probeSet = await openProbes(
    config,
    () => config.READ_INTERVAL * 1000,
    log,
    () => clock,
  )
  return {
    probeSet,
    lines,
    pass: (ms) => {
      clock += ms
    },
  }
}
const keysAndValues = async (probeSet: ProbeSet, time = 10_000) =>
  Object.fromEntries((await probeSet.read(time)).map(({ key, value }) => [key, value]))
const aPi = { 'firmware/devicetree/base/model': 'Raspberry Pi Zero 2 W Rev 1.0\0' }

describe('the keys of the probes of a room', () => {
  const probes = fc.uniqueArray(
    fc.record({ id: fc.string({ minLength: 1, maxLength: 3 }), quantity: fc.constantFrom('temperature' as const, 'humidity' as const) }),
    {
      selector: ({ id }) => id,
    },
  )

  it('are the quantity for the first by id, and numbered for the others', () => {
    const found = ['b', 'c', 'a'].map((id) => ({ id, quantity: 'temperature' as const }))
    assert.deepEqual(
      [...nameProbes(new Map(), [...found, { id: 'd', quantity: 'humidity' }])],
      [
        ['a', 'temperature'],
        ['b', 'temperature_2'],
        ['c', 'temperature_3'],
        ['d', 'humidity'],
      ],
    )
  })

  it('are unique and stay with their probes, in whatever order probes come and go', () => {
    fc.assert(
      fc.property(fc.array(probes, { maxLength: 5 }), (looks) => {
        let keys: ReadonlyMap<string, string> = new Map()
        for (const found of looks) {
          const next = nameProbes(keys, found)
          for (const [id, key] of keys) assert.equal(next.get(id), key)
          assert.equal(new Set(next.values()).size, next.size)
          keys = next
        }
      }),
    )
  })

  it('do not depend on the order in which the kernel lists the probes', () => {
    fc.assert(
      fc.property(probes, (found) => assert.deepEqual([...nameProbes(new Map(), found)], [...nameProbes(new Map(), found.toReversed())])),
    )
  })
})

describe('the probes of a sensor', () => {
  it('are with PROBE=auto all that measure the room, without the processor’s', async () => {
    tree = makeTree(aPi)
    plugW1(tree, '28-0316a1b2c3d4', '4500\n')
    plugW1(tree, '28-0316a1b2c3d5', '-18000\n')
    plugIio(tree, 0, 'i2c-1/1-0076', {
      name: 'bme280\n',
      in_temp_input: '21000\n',
      in_humidityrelative_input: '50000\n',
      in_pressure_input: '101.3\n',
    })
    plugHwmon(tree, 0, 'virtual/thermal/thermal_zone0', { name: 'cpu_thermal\n', temp1_input: '48312\n' })
    const { probeSet } = await open()
    assert.deepEqual(await keysAndValues(probeSet), {
      humidity: 50,
      pressure: 1013,
      temperature: 21,
      temperature_2: 4.5,
      temperature_3: -18,
    })
    assert.deepEqual(
      probeSet.channels.map(({ key, unit, probe }) => `${key} ${unit} ${probe}`),
      [
        'humidity % iio-bme280-1-0076-humidityrelative',
        'pressure hPa iio-bme280-1-0076-pressure',
        'temperature °C iio-bme280-1-0076-temp',
        'temperature_2 °C w1-28-0316a1b2c3d4',
        'temperature_3 °C w1-28-0316a1b2c3d5',
      ],
    )
  })

  it('continue when one fails; failure and recovery are logged once', async () => {
    tree = makeTree(aPi)
    const { file } = plugW1(tree, '28-000000000001', '')
    plugW1(tree, '28-000000000002', '20000\n')
    const { probeSet, lines } = await open()
    for (let i = 0; i < 3; i += 1) assert.deepEqual(await keysAndValues(probeSet), { temperature_2: 20 })
    assert.equal(lines.filter((line) => line.includes('probe fails')).length, 1)
    tree.write(file, '19000\n')
    for (let i = 0; i < 3; i += 1) assert.deepEqual(await keysAndValues(probeSet), { temperature: 19, temperature_2: 20 })
    assert.equal(lines.filter((line) => line.includes('probe answers again')).length, 1)
  })

  it('give no reading for an impossible value', async () => {
    tree = makeTree()
    plugIio(tree, 0, 'dht11@4', { name: 'dht11@4\n', in_humidityrelative_input: '255000\n', in_temp_input: '20000\n' })
    const { probeSet, lines } = await open({ PROBE: 'iio', READ_INTERVAL: '1' })
    for (let i = 0; i < 2; i += 1) assert.deepEqual(await keysAndValues(probeSet), { temperature: 20 })
    assert.match(lines.join(''), /gives 255 %, which cannot be/)
    assert.deepEqual(probeSet.rejected, { 'iio-dht11@4-dht11@4-humidityrelative': 2 })
  })

  it('are counted when they miss a single reading, without a line in the log', async () => {
    tree = makeTree()
    const { file } = plugW1(tree, '28-000000000001', '20000\n')
    const { probeSet, lines } = await open()
    const before = lines.length
    assert.equal(probeSet.rejected, undefined)
    for (const [answer, values] of [
      ['', {}],
      ['20000\n', { temperature: 20 }],
      ['85000\n', {}],
      ['20100\n', { temperature: 20.1 }],
      ['60000\n', {}],
      ['20200\n', { temperature: 20.2 }],
    ] as const) {
      tree.write(file, answer)
      assert.deepEqual(await keysAndValues(probeSet), values)
    }
    assert.deepEqual(probeSet.rejected, { 'w1-28-000000000001': 3 })
    assert.equal(lines.length, before)
  })

  it('may be plugged in later: the sensor searches each minute', async () => {
    tree = makeTree(aPi)
    const { probeSet, lines, pass } = await open()
    assert.match(lines.join(''), /ERROR.*NO PROBE FOUND.*searching again each minute/)
    plugW1(tree, '28-000000000001', '20000\n')
    pass(59_000)
    assert.deepEqual(await keysAndValues(probeSet), {})
    pass(1000)
    assert.deepEqual(await keysAndValues(probeSet), { temperature: 20 })
  })

  it('keep their keys when another one is unplugged and plugged in again', async () => {
    tree = makeTree(aPi)
    const { unplug } = plugW1(tree, '28-000000000001', '10000\n')
    plugW1(tree, '28-000000000002', '20000\n')
    const { probeSet } = await open()
    const before = probeSet.channels
    await probeSet.read(0)
    assert.equal(probeSet.channels, before, 'the same list while nothing changes')
    unplug()
    assert.deepEqual(await keysAndValues(probeSet), { temperature_2: 20 })
    assert.deepEqual(await keysAndValues(probeSet), { temperature_2: 20 })
    assert.deepEqual(
      probeSet.channels.map(({ key }) => key),
      ['temperature_2'],
    )
    plugW1(tree, '28-000000000001', '11000\n')
    await probeSet.look()
    assert.deepEqual(await keysAndValues(probeSet), { temperature: 11, temperature_2: 20 })
  })

  for (const PROBE of ['auto', 'w1', 'iio', 'hwmon', 'cpu']) {
    it(`are never simulated with PROBE=${PROBE}; one line names the setting that does`, async () => {
      tree = makeTree()
      const { probeSet, lines } = await open({ PROBE })
      assert.deepEqual(probeSet.channels, [])
      assert.deepEqual(await keysAndValues(probeSet), {})
      assert.equal(lines.length, 1)
      assert.match(lines.join(''), /ERROR.*NO PROBE FOUND.*PROBE=simulated/)
    })
  }
})

describe('the probes that PROBES names', () => {
  const bme280 = { name: 'bme280\n', in_temp_input: '21000\n', in_humidityrelative_input: '50000\n' }

  it('are in their rooms: one by its id, a chip with two quantities by its name', async () => {
    tree = makeTree()
    plugW1(tree, '28-000000000001', '4500\n')
    plugW1(tree, '28-000000000002', '19000\n')
    plugIio(tree, 0, 'i2c-1/1-0076', bme280)
    const { probeSet, lines } = await open({ PROBES: 'w1-28-000000000001=fridge iio-bme280-1-0076=起居 室' })
    assert.deepEqual(await keysAndValues(probeSet), {
      temperature: 19,
      'fridge/temperature': 4.5,
      '起居 室/temperature': 21,
      '起居 室/humidity': 50,
    })
    assert.doesNotMatch(lines.join(''), /WARN|ERROR/)
  })

  it('may be one quantity of a chip, and the others stay in the room of the chip', async () => {
    tree = makeTree()
    plugIio(tree, 0, 'i2c-1/1-0076', bme280)
    const { probeSet } = await open({ PROBES: 'iio-bme280-1-0076=bath iio-bme280-1-0076-temp=hall' })
    assert.deepEqual(await keysAndValues(probeSet), { 'bath/humidity': 50, 'hall/temperature': 21 })
  })

  it('may be all of a driver, such as the processor’s, which auto uses only by word', async () => {
    tree = makeTree({ 'class/thermal/thermal_zone0/type': 'cpu-thermal\n', 'class/thermal/thermal_zone0/temp': '48312\n' })
    plugW1(tree, '28-000000000001', '4500\n')
    const { probeSet } = await open({ PROBES: 'cpu=rack w1=fridge' })
    assert.deepEqual(await keysAndValues(probeSet), { 'rack/temperature': 48.312, 'fridge/temperature': 4.5 })
    assert.deepEqual(await keysAndValues((await open()).probeSet), { temperature: 4.5 })
  })

  it('need no prefix in the room of the sensor, in whichever spelling of Unicode', async () => {
    tree = makeTree()
    plugW1(tree, '28-000000000001', '4500\n')
    const { probeSet } = await open({ ROOM: 'Ku\u0308che', PROBES: 'w1-28-000000000001=Küche' })
    assert.deepEqual(await keysAndValues(probeSet), { temperature: 4.5 })
  })

  it('are numbered within their room, with one line for each', async () => {
    tree = makeTree()
    for (const n of [1, 2, 3]) plugW1(tree, `28-00000000000${n}`, `${n}000\n`)
    const { probeSet, lines } = await open({ PROBES: 'w1-28-000000000001=fridge w1-28-000000000002=fridge' })
    assert.deepEqual(await keysAndValues(probeSet), { temperature: 3, 'fridge/temperature': 1, 'fridge/temperature_2': 2 })
    const more = lines.filter((line) => line.includes('one more probe of this quantity'))
    assert.equal(more.length, 1)
    assert.match(more[0] ?? '', /fridge\/temperature_2/)
  })

  it('are named in one line if they are not found, and are found when they are plugged in', async () => {
    tree = makeTree()
    plugW1(tree, '28-000000000001', '4500\n')
    const { probeSet, lines, pass } = await open({ PROBES: 'w1-28-000000000001=fridge w1-28-000000000002=attic' })
    for (let i = 0; i < 3; i += 1) {
      pass(60_000)
      await probeSet.read(0)
    }
    const named = lines.filter((line) => line.includes('PROBES names probes that are not found'))
    assert.equal(named.length, 1)
    assert.match(named[0] ?? '', /w1-28-000000000002/)
    plugW1(tree, '28-000000000002', '9000\n')
    pass(60_000)
    assert.deepEqual(await keysAndValues(probeSet), { 'fridge/temperature': 4.5, 'attic/temperature': 9 })
  })
})
