import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { createLog } from '@hearthwatch/log'
import type { Row } from '@hearthwatch/protocol'
import type { MachineClocks } from '../../outbox/clock.ts'
import { createDeviceClock, type DeviceClock } from '../../outbox/device-clock.ts'
import type { Outbox } from '../../outbox/outbox.ts'
import { createRowWriter, type RowWriter } from '../../outbox/row-writer.ts'
import { noon, outboxFolder } from '../outbox-folder.ts'

/** A row writer and its clock. */
interface Writing {
  writer: RowWriter
  clock: DeviceClock
}

describe('the row of a tick', () => {
  let at: ReturnType<typeof outboxFolder>
  let outbox: Outbox
  let writers: RowWriter[]
  let machine: MachineClocks
  let appended: Row[]
  let logged: string[]
  beforeEach(() => {
    at = outboxFolder()
    writers = []
    machine = { wall: noon, uptime: 60_000, synchronised: true }
    appended = []
    logged = []
  })
  afterEach(() => {
    for (const writer of writers) writer.close()
    at.end()
  })

  /** @param broken returns true while the disk fails */
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
    const log = createLog('outbox', 'info', (line) => logged.push(line))
    const clock = createDeviceClock(outbox.knownTimes, () => machine, log)
    const writer = createRowWriter({ outbox: failing }, clock, (rows) => appended.push(...rows), log)
    writers.push(writer)
    return { writer, clock }
  }
  function pass(ms: number): void {
    machine = { ...machine, wall: machine.wall + ms, uptime: machine.uptime + ms }
  }
  function tick({ writer, clock }: Writing, value: number, late = 0): void {
    pass(late)
    const moment = clock.momentOf(machine.wall - late)
    pass(late)
    writer.write(moment, { temperature: value })
  }
  const times = () => appended.map(({ time }) => time - noon)

  it('has the time of its point on the grid, however long its probes took', () => {
    const writing = open()
    tick(writing, 20, 700)
    assert.deepEqual(appended, [{ seq: 1, time: noon, values: { temperature: 20 } }])
  })

  it('is not written if no probe gave a value', () => {
    const writing = open()
    writing.writer.write(writing.clock.momentOf(noon), {})
    assert.deepEqual([appended, outbox.last], [[], 0])
  })

  it('waits in memory while the disk fails, which is logged once, and is then written', () => {
    let broken = false
    const writing = open({ broken: () => broken })
    for (let i = 0; i < 30; i += 1) {
      broken = i >= 10 && i < 20
      tick(writing, i)
      pass(10_000)
    }
    assert.deepEqual(
      appended.map(({ seq, values }) => [seq, values.temperature]),
      Array.from({ length: 30 }, (_, i) => [i + 1, i]),
    )
    assert.deepEqual(
      times(),
      Array.from({ length: 30 }, (_, i) => i * 10_000),
    )
    assert.equal(logged.length, 2)
    assert.match(logged[0] ?? '', /ERROR.*CANNOT BE WRITTEN/)
    assert.match(logged[1] ?? '', /INFO.*can be written again/)
    assert.equal(writing.writer.dropped, 0)
  })

  it('is lost and counted if 1000 newer ones wait in memory', () => {
    let broken = true
    const writing = open({ broken: () => broken })
    for (let i = 0; i < 1010; i += 1) {
      tick(writing, i)
      pass(10_000)
    }
    assert.equal(writing.writer.dropped, 10)
    broken = false
    tick(writing, 1010)
    assert.deepEqual([appended.length, appended[0]?.values.temperature, appended.at(-1)?.values.temperature], [1000, 11, 1010])
    assert.deepEqual([writing.writer.dropped, outbox.dropped], [11, 11])
  })

  it('gets its time when the clock is set, from the uptime', () => {
    machine = { wall: 0, uptime: 5000, synchronised: false }
    const writing = open()
    for (let i = 0; i < 3; i += 1) {
      tick(writing, i)
      pass(10_000)
    }
    assert.deepEqual(appended, [])
    machine = { ...machine, wall: noon, synchronised: true }
    tick(writing, 3)
    assert.deepEqual(times(), [-30_000, -20_000, -10_000, 0])
    assert.equal(logged.filter((line) => line.includes('clock is not set')).length, 1)
  })

  it('gets a guessed time after ten minutes without a clock', () => {
    const before = open()
    tick(before, 1)
    at.close(outbox)
    machine = { wall: 0, uptime: 0, synchronised: false }
    appended = []
    const writing = open({ boot: 2 })
    for (let i = 0; i <= 62; i += 1) {
      tick(writing, i)
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

  it('gets its time from the uptime if the clock jumps after the monitor confirmed it', () => {
    machine = { ...machine, synchronised: false }
    const writing = open()
    tick(writing, 0)
    writing.clock.applyMonitorTime(noon + 300)
    for (const jump of [3_600_000, -7_200_000, 10 * 365 * 86_400_000]) {
      pass(10_000)
      machine = { ...machine, wall: machine.wall + jump }
      tick(writing, 1)
    }
    assert.deepEqual(times(), [0, 10_000, 20_000, 30_000])
    assert.equal(writing.clock.now(), noon + 30_000)
  })

  it('makes the writer trim an outbox over its limit', async () => {
    const writing = open({ most: 100 })
    for (let i = 0; i < 150; i += 1) {
      tick(writing, i)
      pass(10_000)
    }
    while (outbox.isOverLimit) await new Promise((resolve) => setTimeout(resolve, 10))
    assert.deepEqual([outbox.unacknowledged, writing.writer.dropped], [100, 50])
    assert.equal(logged.filter((line) => line.includes('THE OUTBOX IS FULL')).length, 1)
  })
})
