import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { quantityOf } from '@hearthwatch/protocol'
import type { Driver } from '../../probes/probe.ts'
import { ProbeError } from '../../probes/probe-error.ts'

/** A plugged-in probe under test. */
export interface PluggedProbe {
  driver: Driver
  /** The expected value; null: any plausible value. */
  value: number | null
  /** Only for drivers of real probes: unplugs it; replaces the kernel's answer. */
  unplug?: () => void
  replaceAnswer?: (answer: string) => void
  end(): void
}

const time = 1_790_000_010_000

/** The tests that every driver has to pass. */
export function testDriver(name: string, plug: () => PluggedProbe): void {
  async function at<T>(work: (plugged: PluggedProbe) => Promise<T>): Promise<T> {
    const plugged = plug()
    try {
      return await work(plugged)
    } finally {
      plugged.end()
    }
  }
  const first = async ({ driver }: PluggedProbe) => {
    const [probe] = await driver.find()
    assert.ok(probe, 'a probe is found')
    return probe
  }

  describe(`the driver ${name}`, () => {
    it('finds a probe, with the same unique id each time', () =>
      at(async ({ driver }) => {
        const ids = (await driver.find()).map(({ id }) => id)
        assert.ok(ids.length > 0)
        assert.equal(new Set(ids).size, ids.length)
        assert.deepEqual(
          (await driver.find()).map(({ id }) => id),
          ids,
        )
        for (const id of ids) assert.match(id, /^[\w.@:-]{1,128}$/)
      }))

    it('reads a number in the unit of its quantity', () =>
      at(async (plugged) => {
        const probe = await first(plugged)
        const { min, max, unit } = quantityOf(probe.quantity)
        const value = await probe.read(time)
        assert.notEqual(unit, '')
        assert.ok(value >= min && value <= max)
        if (plugged.value !== null) assert.ok(Math.abs(value - plugged.value) < 1e-9, `${value} is ${plugged.value}`)
      }))

    it('throws when its probe is unplugged, and does not find it again', () =>
      at(async (plugged) => {
        if (plugged.unplug === undefined) return
        const probe = await first(plugged)
        plugged.unplug()
        await assert.rejects(probe.read(time), (error) => error instanceof ProbeError && error.gone)
        assert.deepEqual(await plugged.driver.find(), [])
      }))

    for (const answer of ['', '\n', 'garbage\n', 'NaN', '1e999', '21437 21438\n', '0x10']) {
      it(`reads no value from ${JSON.stringify(answer)}`, () =>
        at(async (plugged) => {
          if (plugged.replaceAnswer === undefined) return
          const probe = await first(plugged)
          plugged.replaceAnswer(answer)
          await assert.rejects(probe.read(time), (error) => error instanceof ProbeError && !error.gone)
        }))
    }
  })
}
