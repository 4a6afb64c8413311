import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isDue, nextTick, startSchedule } from '../schedule.ts'

const interval = fc.integer({ min: 50, max: 86_400_000 })
const time = fc.integer({ min: 0, max: 4_000_000_000_000 })

describe('the next tick', () => {
  it('is the first multiple of the interval after now', () => {
    assert.equal(nextTick(1_790_000_003_210, null, 10_000), 1_790_000_010_000)
    assert.equal(nextTick(1_790_000_010_000, null, 10_000), 1_790_000_020_000)
    fc.assert(
      fc.property(time, interval, (now, every) => {
        const tick = nextTick(now, null, every)
        assert.equal(tick % every, 0)
        assert.ok(tick > now && tick <= now + every)
      }),
    )
  })

  it('is moved by the offset of the grid', () => {
    assert.equal(nextTick(1_790_000_003_210, null, 30_000, 5000), 1_790_000_015_000)
  })

  it('is never a served one when the clock is set back by less than the interval', () => {
    fc.assert(
      fc.property(time, interval, fc.double({ min: 0, max: 0.99, noNaN: true }), (now, every, part) => {
        const served = nextTick(now, null, every)
        assert.ok(nextTick(served - Math.floor(part * every), served, every) > served)
      }),
    )
  })

  it('comes within one interval after the clock is set back by an hour', () => {
    const served = 1_790_000_010_000
    assert.equal(nextTick(served - 3_600_000 + 5, served, 10_000), served - 3_600_000 + 10_000)
  })
})

describe('a tick', () => {
  it('is served from its time until a second later', () => {
    assert.equal(isDue(9_999, 10_000, 10_000), false)
    assert.equal(isDue(10_000, 10_000, 10_000), true)
    assert.equal(isDue(10_999, 10_000, 10_000), true)
    assert.equal(isDue(11_000, 10_000, 10_000), false)
  })

  it('is skipped once the next one is due', () => {
    assert.equal(isDue(10_049, 10_000, 50), true)
    assert.equal(isDue(10_050, 10_000, 50), false)
  })
})

describe('a schedule', () => {
  /** Runs until `count` ticks were served. */
  async function serve(count: number, now: () => number, work: (served: number[]) => Promise<void> | void): Promise<number[]> {
    const served: number[] = []
    const { promise, resolve } = Promise.withResolvers<void>()
    const schedule = startSchedule({ interval: 50 }, now, async (tick) => {
      served.push(tick)
      await work(served)
      if (served.length === count) resolve()
    })
    await promise
    await schedule.stop()
    return served
  }
  const onTheGrid = (ticks: number[]) => ticks.every((tick) => tick % 50 === 0)
  const rising = (ticks: number[]) => ticks.every((tick, i) => i === 0 || tick > (ticks[i - 1] as number))

  it('serves the points of the grid in order, each once', async () => {
    const served = await serve(5, Date.now, () => {})
    assert.ok(onTheGrid(served) && rising(served), served.join())
  })

  it('skips the points that pass while a slow probe is read', async () => {
    const served = await serve(3, Date.now, () => new Promise((resolve) => setTimeout(resolve, 120)))
    assert.ok(onTheGrid(served), served.join())
    for (const [i, tick] of served.slice(1).entries()) assert.ok(tick - (served[i] as number) >= 100, served.join())
  })

  it('runs no burst when the clock jumps ahead by an hour', async () => {
    let jump = 0
    const begin = performance.now()
    const served = await serve(
      4,
      () => Date.now() + jump,
      (ticks) => {
        if (ticks.length === 2) jump = 3_600_000
      },
    )
    assert.ok(onTheGrid(served) && rising(served), served.join())
    assert.ok((served[2] as number) - (served[1] as number) >= 3_600_000)
    assert.ok(performance.now() - begin >= 100, 'four ticks take three intervals')
  })

  it('continues at once when the clock is set back by an hour', async () => {
    let jump = 0
    const served = await serve(
      4,
      () => Date.now() + jump,
      (ticks) => {
        if (ticks.length === 2) jump = -3_600_000
      },
    )
    assert.ok(onTheGrid(served))
    assert.ok((served[3] as number) - (served[2] as number) < 60_000, served.join())
  })

  it('waits for the current run when it is stopped, and begins no other', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>()
    let runs = 0
    let ended = false
    const schedule = startSchedule({ interval: 50 }, Date.now, async () => {
      runs += 1
      begin()
      await mayEnd
      ended = true
    })
    await begun
    const stopped = schedule.stop()
    end()
    await stopped
    assert.deepEqual([runs, ended], [1, true])
  })
})
