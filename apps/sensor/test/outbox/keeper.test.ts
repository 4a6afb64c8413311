import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { createLog } from '@hearthwatch/log'
import type { Row } from '@hearthwatch/protocol'
import type { Look } from '../../outbox/clock.ts'
import { createKeeper, type Keeper } from '../../outbox/keeper.ts'
import type { Outbox } from '../../outbox/outbox.ts'
import { noon, outboxFolder } from '../outbox-folder.ts'

describe('a tick is kept', () => {
  let at: ReturnType<typeof outboxFolder>
  let outbox: Outbox
  let keepers: Keeper[]
  let clock: Look
  let kept: Row[]
  let told: string[]
  beforeEach(() => {
    at = outboxFolder()
    keepers = []
    clock = { wall: noon, uptime: 60_000, synchronised: true }
    kept = []
    told = []
  })
  afterEach(() => {
    for (const keeper of keepers) keeper.close()
    at.end()
  })

  /** @param broken makes the disk fail while it says so */
  function open({ broken = (): boolean => false, most = 1_000_000, boot = 1 } = {}): Keeper {
    outbox = at.open({ most, boot })
    const failing: Outbox = Object.create(outbox, {
      keep: {
        value: (...given: Parameters<Outbox['keep']>) => {
          if (broken()) throw Object.assign(new Error('database or disk is full'), { errcode: 13 })
          return outbox.keep(...given)
        },
      },
    })
    const log = createLog('keeper', 'info', (line) => told.push(line))
    const keeper = createKeeper(
      () => failing,
      () => clock,
      (rows) => kept.push(...rows),
      log,
    )
    keepers.push(keeper)
    return keeper
  }
  function pass(ms: number): void {
    clock = { ...clock, wall: clock.wall + ms, uptime: clock.uptime + ms }
  }
  function take(keeper: Keeper, value: number, late = 0): void {
    pass(late)
    const moment = keeper.moment(clock.wall - late)
    pass(late)
    keeper.keep(moment, { temperature: value })
  }
  const times = () => kept.map(({ time }) => time - noon)

  it('with the time of its point on the grid, however long its probes took', () => {
    const keeper = open()
    take(keeper, 20, 700)
    assert.deepEqual(kept, [{ seq: 1, time: noon, values: { temperature: 20 } }])
  })

  it('not where no probe gave a value', () => {
    const keeper = open()
    keeper.keep(keeper.moment(noon), {})
    assert.deepEqual([kept, outbox.last], [[], 0])
  })

  it('in memory while the disk takes none, and then with its number and time; that is told once', () => {
    let broken = false
    const keeper = open({ broken: () => broken })
    for (let i = 0; i < 30; i += 1) {
      broken = i >= 10 && i < 20
      take(keeper, i)
      pass(10_000)
    }
    assert.deepEqual(
      kept.map(({ seq, values }) => [seq, values.temperature]),
      Array.from({ length: 30 }, (_, i) => [i + 1, i]),
    )
    assert.deepEqual(
      times(),
      Array.from({ length: 30 }, (_, i) => i * 10_000),
    )
    assert.equal(told.length, 2)
    assert.match(told[0] ?? '', /ERROR.*CANNOT BE WRITTEN/)
    assert.match(told[1] ?? '', /INFO.*can be written again/)
    assert.equal(keeper.dropped, 0)
  })

  it('unless the disk takes none for very long: then the oldest are lost, and counted', () => {
    let broken = true
    const keeper = open({ broken: () => broken })
    for (let i = 0; i < 1010; i += 1) {
      take(keeper, i)
      pass(10_000)
    }
    assert.equal(keeper.dropped, 10)
    broken = false
    take(keeper, 1010)
    assert.deepEqual([kept.length, kept[0]?.values.temperature, kept.at(-1)?.values.temperature], [1000, 11, 1010])
    assert.deepEqual([keeper.dropped, outbox.dropped], [11, 11])
  })

  it('without a time on a machine whose clock is not set, and gets it from the uptime when it is', () => {
    clock = { wall: 0, uptime: 5000, synchronised: false }
    const keeper = open()
    for (let i = 0; i < 3; i += 1) {
      take(keeper, i)
      pass(10_000)
    }
    assert.deepEqual(kept, [])
    clock = { ...clock, wall: noon, synchronised: true }
    take(keeper, 3)
    assert.deepEqual(times(), [-30_000, -20_000, -10_000, 0])
    assert.equal(told.filter((line) => line.includes('clock is not set')).length, 1)
  })

  it('with a guessed time after ten minutes without a clock', () => {
    const before = open()
    take(before, 1)
    at.close(outbox)
    clock = { wall: 0, uptime: 0, synchronised: false }
    kept = []
    const keeper = open({ boot: 2 })
    for (let i = 0; i <= 62; i += 1) {
      take(keeper, i)
      pass(10_000)
    }
    assert.deepEqual(
      times(),
      Array.from({ length: 63 }, (_, i) => i * 10_000 + (i === 0 ? 1 : 0)),
    )
    assert.equal(outbox.load(1, 1000)?.trusted, true)
    outbox.moveCursor(1)
    assert.equal(outbox.load(1, 1000)?.trusted, false)
  })

  it('counted on by the uptime when the clock jumps after the monitor has told the time', () => {
    clock = { ...clock, synchronised: false }
    const keeper = open()
    take(keeper, 0)
    keeper.hearTime(noon + 300)
    for (const jump of [3_600_000, -7_200_000, 10 * 365 * 86_400_000]) {
      pass(10_000)
      clock = { ...clock, wall: clock.wall + jump }
      take(keeper, 1)
    }
    assert.deepEqual(times(), [0, 10_000, 20_000, 30_000])
    assert.equal(keeper.now(), noon + 30_000)
  })

  it('while the outbox stays within its cap', async () => {
    const keeper = open({ most: 100 })
    for (let i = 0; i < 150; i += 1) {
      take(keeper, i)
      pass(10_000)
    }
    while (outbox.isOver) await new Promise((resolve) => setTimeout(resolve, 10))
    assert.deepEqual([outbox.waiting, keeper.dropped], [100, 50])
    assert.equal(told.filter((line) => line.includes('THE OUTBOX IS FULL')).length, 1)
  })
})
