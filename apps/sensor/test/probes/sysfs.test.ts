import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { hwmon } from '../../probes/hwmon.ts'
import { iio } from '../../probes/iio.ts'
import type { Driver } from '../../probes/probe.ts'
import { ProbeError } from '../../probes/probe-error.ts'
import { openSysfs, type Sysfs } from '../../probes/sysfs.ts'
import { w1 } from '../../probes/w1.ts'
import { makeTree, plugHwmon, plugIio, plugW1, type Tree } from './tree.ts'

let tree: Tree
let sysfs: Sysfs
beforeEach(() => {
  tree = makeTree()
  sysfs = openSysfs(tree.root)
})
afterEach(() => tree.end())

/** All probes of a driver: id → value or error message. */
async function readAll(driver: Driver, time = 1): Promise<Record<string, number | string>> {
  const entries = []
  for (const { id, read } of await driver.find()) {
    const value = await read(time).catch((error) => {
      if (error instanceof ProbeError) return error.message
      throw error
    })
    entries.push([id, typeof value === 'number' ? Math.round(value * 1000) / 1000 : value])
  }
  return Object.fromEntries(entries)
}

describe('the driver of the 1-wire bus', () => {
  it('finds thermometers of five families, and no other chips', async () => {
    for (const family of ['10', '22', '28', '3b', '42', '05']) plugW1(tree, `${family}-0316a1b2c3d4`)
    tree.write('bus/w1/devices/w1_bus_master1/w1_master_name', 'w1_bus_master1\n')
    assert.deepEqual(Object.keys(await readAll(w1({ sysfs, interval: 1000 }))), [
      'w1-10-0316a1b2c3d4',
      'w1-22-0316a1b2c3d4',
      'w1-28-0316a1b2c3d4',
      'w1-3b-0316a1b2c3d4',
      'w1-42-0316a1b2c3d4',
    ])
  })

  it('reads frost as a negative number', async () => {
    plugW1(tree, '28-000000000001', '-18062\n')
    assert.deepEqual(await readAll(w1({ sysfs, interval: 1000 })), { 'w1-28-000000000001': -18.062 })
  })

  for (const [raw, why] of [
    ['85000\n', /power-on/],
    ['127937\n', /too little power/],
    ['-127000\n', /cannot measure/],
    ['', /no answer/],
  ] as const) {
    it(`reads no temperature from ${JSON.stringify(raw)}`, async () => {
      plugW1(tree, '28-000000000001', raw)
      assert.match(String(Object.values(await readAll(w1({ sysfs, interval: 1000 })))[0]), why)
    })
  }

  it('reads a power-on value again, because the chip may have measured by then', async () => {
    const { file } = plugW1(tree, '28-000000000001', '85000\n')
    const oncePowerOn: Sysfs = {
      ...sysfs,
      async read(path) {
        const text = await sysfs.read(path)
        tree.write(file, '21500\n')
        return text
      },
    }
    assert.deepEqual(await readAll(w1({ sysfs: oncePowerOn, interval: 1000 })), { 'w1-28-000000000001': 21.5 })
  })
})

describe('the driver of the 1-wire bus, at 85 °C,', () => {
  it('accepts 85 °C from a probe that was close to it before', async () => {
    const { file } = plugW1(tree, '28-000000000001', '84937\n')
    const driver = w1({ sysfs, interval: 1000 })
    await readAll(driver)
    tree.write(file, '85000\n')
    assert.deepEqual(await readAll(driver), { 'w1-28-000000000001': 85 })
  })
})

describe('a bus error', () => {
  /** Each read of a value fails `failures` times with EIO, as an I2C bus does. */
  function shaky(failures: number): { sysfs: Sysfs; attempts: () => number } {
    let attempts = 0
    return {
      attempts: () => attempts,
      sysfs: {
        ...sysfs,
        read(path) {
          if (!/_input$|temperature$/.test(path)) return sysfs.read(path)
          attempts += 1
          return attempts > failures ? sysfs.read(path) : Promise.reject(Object.assign(new Error('i/o error'), { code: 'EIO' }))
        },
      },
    }
  }
  const plugs: Record<string, () => void> = {
    w1: () => plugW1(tree, '28-000000000001'),
    iio: () => plugIio(tree, 0, 'i2c-1/1-0076', { name: 'bmp280\n', in_temp_input: '21437\n' }),
    hwmon: () => plugHwmon(tree, 0, 'i2c-1/1-0044', { name: 'sht3x\n', temp1_input: '21437\n' }),
  }
  const makes = { w1, iio, hwmon: (context: { sysfs: Sysfs; interval: number }) => hwmon(context, { machine: false }) }

  for (const [name, make] of Object.entries(makes)) {
    it(`is repeated by the driver ${name} within the same tick`, async () => {
      plugs[name]?.()
      const bus = shaky(1)
      assert.deepEqual(Object.values(await readAll(make({ sysfs: bus.sysfs, interval: 10_000 }))), [21.437])
      assert.equal(bus.attempts(), 2)
    })

    it(`is asked for once by the driver ${name} in the tick after one without an answer`, async () => {
      plugs[name]?.()
      const bus = shaky(Number.POSITIVE_INFINITY)
      const [probe] = await make({ sysfs: bus.sysfs, interval: 10_000 }).find()
      await assert.rejects(probe?.read(1) ?? Promise.resolve(), /EIO/)
      const first = bus.attempts()
      await assert.rejects(probe?.read(2) ?? Promise.resolve(), /EIO/)
      assert.ok(first > 1)
      assert.equal(bus.attempts(), first + 1)
    })
  }
})

describe('the driver of the industrial I/O subsystem', () => {
  const all = () => readAll(iio({ sysfs, interval: 1000 }))

  it('reads the three quantities of a BME280 in °C, % and hPa', async () => {
    plugIio(tree, 0, 'i2c-1/1-0076', {
      name: 'bme280\n',
      in_temp_input: '25080\n',
      in_humidityrelative_input: '44719\n',
      in_pressure_input: '100.653253906\n',
    })
    assert.deepEqual(await all(), {
      'iio-bme280-1-0076-humidityrelative': 44.719,
      'iio-bme280-1-0076-pressure': 1006.533,
      'iio-bme280-1-0076-temp': 25.08,
    })
  })

  it('names a chip by the place where it is plugged in, not by its number, which changes', async () => {
    const { unplug } = plugIio(tree, 0, 'i2c-1/1-0040', { name: 'htu21\n', in_temp_input: '20000\n' })
    const before = Object.keys(await all())
    unplug()
    plugIio(tree, 5, 'i2c-1/1-0040', { name: 'htu21\n', in_temp_input: '20000\n' })
    assert.deepEqual(Object.keys(await all()), before)
  })

  it('computes raw values with offset and scale (Si7021)', async () => {
    plugIio(tree, 1, 'i2c-1/1-0040', {
      name: '1-0040\n',
      in_temp_raw: '6653\n',
      in_temp_offset: '-4368\n',
      in_temp_scale: '10.725097656\n',
      in_humidityrelative_raw: '3122\n',
      in_humidityrelative_offset: '-786\n',
      in_humidityrelative_scale: '7.629394531\n',
    })
    const values = await all()
    assert.deepEqual(values, { 'iio-1-0040-1-0040-humidityrelative': 17.822, 'iio-1-0040-1-0040-temp': 24.507 })
  })

  it('finds a channel once that also exists as a raw value', async () => {
    plugIio(tree, 0, 'i2c-1/1-0077', { name: 'bmp280\n', in_temp_input: '21000\n', in_temp_raw: '519888\n', in_temp_scale: '1\n' })
    assert.deepEqual(await all(), { 'iio-bmp280-1-0077-temp': 21 })
  })

  it('ignores channels of other quantities', async () => {
    plugIio(tree, 0, 'i2c-1/1-0048', { name: 'ads1015\n', in_voltage0_raw: '1200\n', in_voltage0_scale: '3\n' })
    assert.deepEqual(await all(), {})
  })

  describe('with a DHT11, which answers three of four requests,', () => {
    /** Every other read fails, as with the kernel's driver after bad timing. */
    function shy(answers: (attempt: number) => boolean): { sysfs: Sysfs; attempts: () => number } {
      let attempts = 0
      return {
        attempts: () => attempts,
        sysfs: {
          ...sysfs,
          read(path) {
            if (!path.endsWith('_input')) return sysfs.read(path)
            attempts += 1
            return answers(attempts) ? sysfs.read(path) : Promise.reject(Object.assign(new Error('i/o error'), { code: 'EIO' }))
          },
        },
      }
    }
    beforeEach(() => plugIio(tree, 0, 'dht11@4', { name: 'dht11@4\n', in_temp_input: '22000\n', in_humidityrelative_input: '51000\n' }))
    const id = 'iio-dht11@4-dht11@4'

    it('asks again after a pause if the next reading is not due yet', { timeout: 20_000 }, async () => {
      const patient = shy((attempt) => attempt > 1)
      assert.deepEqual(await readAll(iio({ sysfs: patient.sysfs, interval: 10_000 })), {
        [`${id}-humidityrelative`]: 51,
        [`${id}-temp`]: 22,
      })
      assert.equal(patient.attempts(), 3)
    })

    it('asks once if the next reading is due soon', async () => {
      const hasty = shy(() => false)
      const values = await readAll(iio({ sysfs: hasty.sysfs, interval: 2000 }))
      assert.match(String(values[`${id}-temp`]), /EIO/)
      assert.equal(hasty.attempts(), 2, 'once for each channel')
    })
  })
})

describe('the driver of the hardware monitors', () => {
  const ofTheRoom = () => readAll(hwmon({ sysfs, interval: 1000 }, { machine: false }))
  const all = () => readAll(hwmon({ sysfs, interval: 1000 }, { machine: true }))

  it('finds temperature and humidity of an SHT3x, named by its place', async () => {
    plugHwmon(tree, 3, 'platform/soc/i2c-1/1-0044', { name: 'sht3x\n', temp1_input: '21437\n', humidity1_input: '48250\n' })
    assert.deepEqual(await ofTheRoom(), { 'hwmon-sht3x-1-0044-humidity1': 48.25, 'hwmon-sht3x-1-0044-temp1': 21.437 })
  })

  it('ignores 1-wire probes, which have their own driver', async () => {
    plugHwmon(tree, 1, 'w1_bus_master1/28-0316a1b2c3d4', { name: 'w1_slave_temp\n', temp1_input: '21437\n' })
    assert.deepEqual(await all(), {})
  })

  it('finds the machine’s own thermometers only with PROBE=hwmon', async () => {
    plugHwmon(tree, 0, 'virtual/thermal/thermal_zone0', { name: 'cpu_thermal\n', temp1_input: '48312\n' })
    plugHwmon(tree, 1, 'platform/coretemp.0', { name: 'coretemp\n', temp1_input: '51000\n' })
    plugHwmon(tree, 2, 'pci0000:00/nvme/nvme0', { name: 'nvme\n', temp1_input: '38000\n' })
    plugHwmon(tree, 4, 'pci0000:00/0000:00:1f.4/i2c-0/0-0018', { name: 'jc42\n', temp1_input: '33000\n' })
    plugHwmon(tree, 5, 'platform/axi/1000120000.pcie/1f00074000.i2c/i2c-1/1-0018', { name: 'jc42\n', temp1_input: '19500\n' })
    assert.deepEqual(await ofTheRoom(), { 'hwmon-jc42-1-0018-temp1': 19.5 })
    assert.equal(Object.keys(await all()).length, 5)
  })

  it('ignores the bridge that lists channels of the industrial I/O subsystem a second time', async () => {
    plugHwmon(tree, 1, 'platform/iio-hwmon', { name: 'iio_hwmon\n', temp1_input: '21437\n' })
    assert.deepEqual(await all(), {})
  })

  it('throws for an open sensor', async () => {
    plugHwmon(tree, 3, 'i2c-1/1-004c', { name: 'lm90\n', temp2_input: '127000\n', temp2_fault: '1\n' })
    assert.match(String((await ofTheRoom())['hwmon-lm90-1-004c-temp2']), /open/)
  })
})
