import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { quantityOf } from '@hearthwatch/protocol'
import type { Driver, DriverContext, Probe } from '../../probes/probe.ts'
import { ProbeError } from '../../probes/probe-error.ts'
import { openSysfs } from '../../probes/sysfs.ts'
import { makeTree, type Tree } from './tree.ts'

/** A driver under test. */
export interface Bench {
  make(context: DriverContext): Driver
  /** Plugs a probe into a made-up sysfs, as the kernel shows it. @param number of the device, which changes at each start */
  plug(tree: Tree, number: number): { file: string; unplug(): void }
  /** The value that it gives then. */
  value: number
}

const time = 1_790_000_010_000

export function contextOf(
  tree: Tree,
  change: (read: (path: string) => Promise<string>) => (path: string) => Promise<string> = (read) => read,
) {
  const sysfs = openSysfs(tree.root)
  return { sysfs: { ...sysfs, read: change(sysfs.read) }, interval: 1000, simulate: { mean: 20, spread: 5, seed: 'kitchen' } }
}

const idsOf = async (driver: Driver) => (await driver.find()).map(({ id }) => id).sort()
const firstOf = async (driver: Driver): Promise<Probe> => (await driver.find())[0] ?? assert.fail('a probe is found')
const isFailure = (gone: boolean) => (error: unknown) => error instanceof ProbeError && error.gone === gone

/** The expectations of every driver of the kernel's probes. @param others plug what other drivers read */
export function testDriver(name: string, { make, plug, value }: Bench, others: readonly Bench['plug'][]): void {
  async function at(work: (tree: Tree) => Promise<void>): Promise<void> {
    const tree = makeTree()
    try {
      await work(tree)
    } finally {
      tree.end()
    }
  }

  describe(`the driver ${name}`, () => {
    it('finds nothing on a machine without probes, and on one without sysfs', () =>
      at(async (tree) => {
        assert.deepEqual(await make(contextOf(tree)).find(), [])
        assert.deepEqual(await make(contextOf({ ...tree, root: '/nowhere' })).find(), [])
      }))

    it('finds its probe, with the same unique id each time, which begins with its name and with that of its chip', () =>
      at(async (tree) => {
        plug(tree, 0)
        const driver = make(contextOf(tree))
        const ids = await idsOf(driver)
        assert.ok(ids.length > 0)
        assert.equal(new Set(ids).size, ids.length)
        assert.deepEqual(await idsOf(driver), ids)
        for (const { id, chip } of await driver.find()) {
          assert.match(id, /^[\w.@:-]{1,128}$/)
          assert.ok(id.startsWith(`${name}-`) && id.startsWith(chip))
        }
      }))

    it('keeps the id if the kernel numbers its devices in another way', () =>
      at(async (tree) => {
        const { unplug } = plug(tree, 0)
        const driver = make(contextOf(tree))
        const before = await idsOf(driver)
        unplug()
        plug(tree, 7)
        assert.deepEqual(await idsOf(driver), before)
      }))

    it('reads a number in the unit of its quantity', () =>
      at(async (tree) => {
        plug(tree, 0)
        const probe = await firstOf(make(contextOf(tree)))
        const { min, max, unit } = quantityOf(probe.quantity)
        const read = await probe.read(time)
        assert.notEqual(unit, '')
        assert.ok(read >= min && read <= max)
        assert.ok(Math.abs(read - value) < 1e-9, `${read} is ${value}`)
      }))

    it('finds a probe that is plugged in later; throws when it is unplugged, and does not find it again', () =>
      at(async (tree) => {
        const driver = make(contextOf(tree))
        assert.deepEqual(await driver.find(), [])
        const { unplug } = plug(tree, 0)
        const probe = await firstOf(driver)
        unplug()
        await assert.rejects(probe.read(time), isFailure(true))
        assert.deepEqual(await driver.find(), [])
      }))

    it('finds only its own among the probes of all drivers', () =>
      at(async (tree) => {
        plug(tree, 0)
        const own = await idsOf(make(contextOf(tree)))
        for (const [i, other] of others.entries()) other(tree, i + 1)
        assert.deepEqual(await idsOf(make(contextOf(tree))), own)
      }))

    it('ignores entries that it cannot read: dangling links, empty folders, files', () =>
      at(async (tree) => {
        plug(tree, 0)
        const own = await idsOf(make(contextOf(tree)))
        for (const folder of ['bus/w1/devices/28-000000000099', 'bus/iio/devices/iio:device9', 'class/hwmon/hwmon9']) {
          if (!folder.includes('w1')) tree.link(folder, 'devices/nowhere')
          tree.write(`${folder.slice(0, -1)}8/empty`, '')
        }
        tree.write('class/hwmon/hwmon7', '')
        tree.write('bus/iio/devices/iio:device7', '')
        const found = (await idsOf(make(contextOf(tree)))).filter((id) => !id.includes('28-000000000098'))
        assert.deepEqual(found, own)
      }))

    for (const answer of ['', '\n', 'garbage\n', 'NaN', '1e999', '21437 21438\n', '0x10']) {
      it(`reads no value from ${JSON.stringify(answer)}`, () =>
        at(async (tree) => {
          const { file } = plug(tree, 0)
          const probe = await firstOf(make(contextOf(tree)))
          tree.write(file, answer)
          await assert.rejects(probe.read(time), isFailure(false))
        }))
    }

    for (const [code, gone] of Object.entries({
      EIO: false,
      EREMOTEIO: false,
      ENXIO: false,
      ETIMEDOUT: false,
      EAGAIN: false,
      ENODEV: true,
    })) {
      it(`throws for the error ${code} of the kernel${gone ? ', which means that it is unplugged' : ''}`, () =>
        at(async (tree) => {
          const { file } = plug(tree, 0)
          const context = contextOf(
            tree,
            (read) => (path) =>
              file.endsWith(path.split('/').at(-1) ?? '') ? Promise.reject(Object.assign(new Error(code), { code })) : read(path),
          )
          await assert.rejects((await firstOf(make(context))).read(time), isFailure(gone))
        }))
    }
  })
}
