import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { createLog } from '@hearthwatch/log'
import type { Row } from '@hearthwatch/protocol'
import type { MachineClocks } from '../../outbox/clock.ts'
import { createDeviceClock, type DeviceClock } from '../../outbox/device-clock.ts'
import type { Outbox } from '../../outbox/outbox.ts'
import { createRowWriter, type RowWriter } from '../../outbox/row-writer.ts'
import { noon, outboxFolder } from '../outbox-folder.ts'

/** A row writer with the device's clock. */
interface Writing {
  writer: RowWriter
  clock: DeviceClock
}

describe('a tick is kept', () => {
  let at: ReturnType<typeof outboxFolder>
  let outbox: Outbox
  let writers: RowWriter[]
  let machine: MachineClocks
  let kept: Row[]
  let told: string[]
  beforeEach(() => {
    at = outboxFolder()
    writers = []
    machine = { wall: noon, uptime: 60_000, synchronised: true }
    kept = []
    told = []
  })
  afterEach(() => {
    for (const writer of writers) writer.close()
    at.end()
  })

  /** @param broken makes the disk fail while it says so */
  function open({ broken = (): boolean => false, most = 1_000_000, boot = 1 } = {}): Writing {
    outbox = at.open({ most, boot })
    const failing: Outbox = Object.create(outbox, {
      append: {
        value: (...given: Parameters<Outbox['append']>) => {
          if (broken()) throw Object.assign(new Error('database or disk is full'), { errcode: 13 })
          return outbox.append(...given)
        },
      },
    })
    const log = createLog('outbox', 'info', (line) => told.push(line))
    const clock = createDeviceClock(outbox.knownTimes, () => machine, log)
    const writer = createRowWriter({ outbox: failing }, clock, (rows) => kept.push(...rows), log)
    writers.push(writer)
    return { writer, clock }
  }
  function pass(ms: number): void {
    machine = { ...machine, wall: machine.wall + ms, uptime: machine.uptime + ms }
  }
  function take({ writer, clock }: Writing, value: number, late = 0): void {
    pass(late)
    const moment = clock.momentOf(machine.wall - late)
    pass(late)
    writer.write(moment, { temperature: value })
  }
  const times = () => kept.map(({ time }) => time - noon)

  it('with the time of its point on the grid, however long its probes took', () => {
    const writing = open()
    take(writing, 20, 700)
    assert.deepEqual(kept, [{ seq: 1, time: noon, values: { temperature: 20 } }])
  })

  it('not where no probe gave a value', () => {
    const writing = open()
    writing.writer.write(writing.clock.momentOf(noon), {})
    assert.deepEqual([kept, outbox.last], [[], 0])
  })

  it('in memory while the disk takes none, and then with its number and time; that is told once', () => {
    let broken = false
    const writing = open({ broken: () => broken })
    for (let i = 0; i < 30; i += 1) {
      broken = i >= 10 && i < 20
      take(writing, i)
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
    assert.equal(writing.writer.dropped, 0)
  })

  it('unless the disk takes none for very long: then the oldest are lost, and counted', () => {
    let broken = true
    const writing = open({ broken: () => broken })
    for (let i = 0; i < 1010; i += 1) {
      take(writing, i)
      pass(10_000)
    }
    assert.equal(writing.writer.dropped, 10)
    broken = false
    take(writing, 1010)
    assert.deepEqual([kept.length, kept[0]?.values.temperature, kept.at(-1)?.values.temperature], [1000, 11, 1010])
    assert.deepEqual([writing.writer.dropped, outbox.dropped], [11, 11])
  })

  it('without a time on a machine whose clock is not set, and gets it from the uptime when it is', () => {
    machine = { wall: 0, uptime: 5000, synchronised: false }
    const writing = open()
    for (let i = 0; i < 3; i += 1) {
      take(writing, i)
      pass(10_000)
    }
    assert.deepEqual(kept, [])
    machine = { ...machine, wall: noon, synchronised: true }
    take(writing, 3)
    assert.deepEqual(times(), [-30_000, -20_000, -10_000, 0])
    assert.equal(told.filter((line) => line.includes('clock is not set')).length, 1)
  })

  it('with a guessed time after ten minutes without a clock', () => {
    const before = open()
    take(before, 1)
    at.close(outbox)
    machine = { wall: 0, uptime: 0, synchronised: false }
    kept = []
    const writing = open({ boot: 2 })
    for (let i = 0; i <= 62; i += 1) {
      take(writing, i)
      pass(10_000)
    }
    assert.deepEqual(
      times(),
      Array.from({ length: 63 }, (_, i) => i * 10_000 + (i === 0 ? 1 : 0)),
    )
    assert.equal(outbox.nextBatch(1, 1000)?.trusted, true)
    outbox.moveCursor(1)
    assert.equal(outbox.nextBatch(1, 1000)?.trusted, false)
  })

  it('counted on by the uptime when the clock jumps after the monitor has told the time', () => {
    machine = { ...machine, synchronised: false }
    const writing = open()
    take(writing, 0)
    writing.clock.applyMonitorTime(noon + 300)
    for (const jump of [3_600_000, -7_200_000, 10 * 365 * 86_400_000]) {
      pass(10_000)
      machine = { ...machine, wall: machine.wall + jump }
      take(writing, 1)
    }
    assert.deepEqual(times(), [0, 10_000, 20_000, 30_000])
    assert.equal(writing.clock.now(), noon + 30_000)
  })

  it('while the outbox stays within its cap', async () => {
    const writing = open({ most: 100 })
    for (let i = 0; i < 150; i += 1) {
      take(writing, i)
      pass(10_000)
    }
    while (outbox.isOverLimit) await new Promise((resolve) => setTimeout(resolve, 10))
    assert.deepEqual([outbox.unacknowledged, writing.writer.dropped], [100, 50])
    assert.equal(told.filter((line) => line.includes('THE OUTBOX IS FULL')).length, 1)
  })
})
