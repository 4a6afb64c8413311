import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { simulated } from '../../probes/simulated.ts'

async function read(time: number, { mean = 20, spread = 5, seed = 'a' } = {}): Promise<number> {
  const [probe] = await simulated({ simulate: { mean, spread, seed } }).find()
  assert.ok(probe)
  return probe.read(time)
}

describe('a simulated room', () => {
  it('stays within its spread, at any time and for any seed', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 4_000_000_000_000 }),
        fc.integer({ min: -30, max: 60 }),
        fc.integer({ min: 0, max: 30 }),
        fc.string(),
        async (time, mean, spread, seed) => {
          assert.ok(Math.abs((await read(time, { mean, spread, seed })) - mean) <= spread + 1e-9)
        },
      ),
    ))

  it('gives the same reading for the same time and seed, and another for another seed', async () => {
    const time = 1_790_000_000_000
    assert.equal(await read(time), await read(time))
    assert.notEqual(await read(time), await read(time, { seed: 'b' }))
  })

  it('uses most of its spread over a day, and changes little between two readings', async () => {
    const begin = 1_790_000_000_000
    const values: number[] = []
    for (let time = begin; time < begin + 86_400_000; time += 10_000) values.push(await read(time))
    assert.ok(Math.max(...values) - Math.min(...values) > 6)
    for (const [i, value] of values.slice(1).entries()) assert.ok(Math.abs(value - (values[i] as number)) < 1)
  })
})
