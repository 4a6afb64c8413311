import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { quantityOf } from '@hearthwatch/protocol'
import type { Driver } from '../../probes/probe.ts'
import { ProbeError } from '../../probes/probe-error.ts'

/** One probe that is plugged in, and what can be done to it. */
export interface Bench {
  driver: Driver
  /** What it must read; null where anything that is possible will do. */
  value: number | null
  /** For drivers of real probes: pulls it out, and makes the kernel answer this. */
  unplug?: () => void
  spoil?: (answer: string) => void
  end(): void
}

const time = 1_790_000_010_000

/** What every driver must do, whatever it drives. */
export function conforms(name: string, plug: () => Bench): void {
  async function at<T>(work: (bench: Bench) => Promise<T>): Promise<T> {
    const bench = plug()
    try {
      return await work(bench)
    } finally {
      bench.end()
    }
  }
  const first = async ({ driver }: Bench) => {
    const [probe] = await driver.find()
    assert.ok(probe, 'a probe is found')
    return probe
  }

  describe(`the driver ${name}`, () => {
    it('finds a probe, under the same id each time, and no id twice', () =>
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
      at(async (bench) => {
        const probe = await first(bench)
        const { min, max, unit } = quantityOf(probe.quantity)
        const value = await probe.read(time)
        assert.notEqual(unit, '')
        assert.ok(value >= min && value <= max)
        if (bench.value !== null) assert.ok(Math.abs(value - bench.value) < 1e-9, `${value} is ${bench.value}`)
      }))

    it('says so when its probe is pulled out, and does not find it any more', () =>
      at(async (bench) => {
        if (bench.unplug === undefined) return
        const probe = await first(bench)
        bench.unplug()
        await assert.rejects(probe.read(time), (error) => error instanceof ProbeError && error.gone)
        assert.deepEqual(await bench.driver.find(), [])
      }))

    for (const answer of ['', '\n', 'garbage\n', 'NaN', '1e999', '21437 21438\n', '0x10']) {
      it(`takes ${JSON.stringify(answer)} for no value`, () =>
        at(async (bench) => {
          if (bench.spoil === undefined) return
          const probe = await first(bench)
          bench.spoil(answer)
          await assert.rejects(probe.read(time), (error) => error instanceof ProbeError && !error.gone)
        }))
    }
  })
}
