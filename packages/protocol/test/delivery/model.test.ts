import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Ack, Batch, Row } from '@hearthwatch/protocol'
import fc from 'fast-check'
import { judgeBatch, noProgress, type Progress } from '../../delivery/receiver.ts'
import { type Effect, type Input, newSender, type Sender, step, wakeAt } from '../../delivery/sender.ts'

const rules = { batchSize: 5, batchInterval: 1000 }

/** The sensor: the real sender over an outbox in memory, of which older copies can be restored. */
class Sensor {
  rows: { seq: number; value: number }[] = []
  epoch = 'epoch-0'
  cursor = 0
  sender: Sender
  connected = true
  #runs = 0
  #forks = 0
  readonly #send: (batch: Batch) => void

  constructor(send: (batch: Batch) => void) {
    this.#send = send
    this.sender = this.#begin()
  }

  get last(): number {
    return this.rows.at(-1)?.seq ?? this.cursor
  }

  #begin(): Sender {
    this.#runs += 1
    return newSender(rules, `run-${this.#runs}`, { epoch: this.epoch, cursor: this.cursor, last: this.last })
  }

  take(value: number, now: number): void {
    this.rows.push({ seq: this.last + 1, value })
    this.feed({ type: 'appended', last: this.last }, now)
  }

  /** Restarts the process with its disk, or with an older copy of its disk. */
  restart(now: number, copy?: ReturnType<Sensor['copy']>): void {
    if (copy) Object.assign(this, structuredClone(copy))
    this.sender = this.#begin()
    if (this.connected) this.feed({ type: 'connected' }, now)
  }

  copy() {
    return structuredClone({ rows: this.rows, epoch: this.epoch, cursor: this.cursor })
  }

  feed(input: Input, now: number): void {
    const [after, effects] = step(this.sender, input, now)
    this.sender = after
    for (const effect of effects) this.#perform(effect, now)
  }

  #perform(effect: Effect, now: number): void {
    if (effect.type === 'move') this.cursor = effect.cursor
    else if (effect.type === 'quarantine') this.rows = this.rows.filter(({ seq }) => seq !== effect.seq)
    else if (effect.type === 'fork') {
      this.#forks += 1
      this.epoch = `epoch-${this.#runs}-${this.#forks}`
      this.rows = this.rows.filter(({ seq }) => seq > this.cursor).map(({ value }, i) => ({ seq: i + 1, value }))
      this.cursor = 0
      this.feed({ type: 'forked', epoch: this.epoch, last: this.last }, now)
    } else {
      const rows = this.rows.filter(({ seq }) => seq >= effect.from).slice(0, Math.min(effect.most, 20))
      const to = rows.at(-1)?.seq
      if (to === undefined) return this.feed({ type: 'nothing', last: this.last }, now)
      this.feed({ type: 'sent', batch: effect.batch, to, rows: rows.length, chance: 0 }, now)
      this.#send({
        device: 'pi',
        epoch: this.epoch,
        batch: effect.batch,
        from: effect.from,
        to,
        now,
        rows: rows.map(({ seq, value }): Row => ({ seq, time: value, values: { temperature: value } })),
        oldest: this.rows[0]?.seq,
        trusted: true,
      })
    }
  }
}

/** The monitor: the real receiver over a database in memory, which can be deleted or restored. */
class Monitor {
  epochs = new Map<string, Progress>()
  stored: number[] = []
  lost = new Map<string, Set<number>>()

  receive(batch: Batch, now: number): Ack {
    const before = this.epochs.get(batch.epoch) ?? noProgress
    const lost = this.lost.get(batch.epoch) ?? new Set()
    const [after, verdict] = judgeBatch(before, batch, ({ seq, time }) => this.stored.includes(time) || lost.has(seq))
    if (verdict.kind === 'fork') return { epoch: batch.epoch, re: batch.batch, seq: before.kept, now, err: 'fork' }
    this.epochs.set(batch.epoch, after)
    if (verdict.kind === 'store') {
      // A row with a stored time and value is a repeat. After a fork it has another number.
      for (const { time } of verdict.rows) if (!this.stored.includes(time)) this.stored.push(time)
      for (const { from, to } of verdict.gaps) for (let seq = from; seq <= to; seq += 1) lost.add(seq)
      this.lost.set(batch.epoch, lost)
    }
    return { epoch: batch.epoch, re: batch.batch, seq: after.kept, now }
  }

  copy() {
    return structuredClone({ epochs: this.epochs, stored: this.stored, lost: this.lost })
  }

  restore(copy: Partial<ReturnType<Monitor['copy']>>): void {
    Object.assign(this, structuredClone({ epochs: new Map(), stored: [], lost: new Map(), ...copy }))
  }
}

type Fault =
  | 'deliver'
  | 'deliver late one'
  | 'deliver twice'
  | 'lose'
  | 'take'
  | 'take many'
  | 'time'
  | 'cut'
  | 'connect'
  | 'crash'
  | 'monitor back'
  | 'copy database'
  | 'restore database'
  | 'delete database'
  | 'copy outbox'
  | 'restore outbox'

/** The sensor, the monitor, and a channel that loses, duplicates and reorders messages. */
class System {
  now = 0
  taken = 0
  /** Readings that were lost with a restored SD card before they were sent. */
  readonly gone = new Set<number>()
  readonly batches: Batch[] = []
  readonly acks: Ack[] = []
  readonly monitor = new Monitor()
  readonly sensor = new Sensor((batch) => void (this.sensor.connected && this.batches.push(batch)))
  #database: ReturnType<Monitor['copy']> | undefined
  #outbox: ReturnType<Sensor['copy']> | undefined

  constructor() {
    this.sensor.feed({ type: 'connected' }, 0)
  }

  deliver(index: number, keep = false): void {
    const both = this.batches.length + this.acks.length
    if (both === 0) return
    const at = index % both
    if (at < this.batches.length) {
      const [batch] = keep ? [this.batches[at]] : this.batches.splice(at, 1)
      if (batch) this.acks.push(this.monitor.receive(batch, this.now))
    } else {
      const [ack] = keep ? [this.acks[at - this.batches.length]] : this.acks.splice(at - this.batches.length, 1)
      if (ack && this.sensor.connected) this.sensor.feed({ type: 'ack', ack }, this.now)
    }
  }

  take(count: number): void {
    for (let i = 0; i < count; i += 1) {
      this.taken += 1
      this.sensor.take(this.taken, this.now)
    }
  }

  do(fault: Fault, index: number): void {
    const { sensor, monitor } = this
    this.now += 10
    if (fault === 'deliver') this.deliver(0)
    else if (fault === 'deliver late one') this.deliver(index)
    else if (fault === 'deliver twice') this.deliver(index, true)
    else if (fault === 'lose') (index % 2 ? this.batches : this.acks).splice(0, 1)
    else if (fault === 'take') this.take(1)
    else if (fault === 'take many') this.take(30)
    else if (fault === 'time') {
      this.now = Math.max(this.now, Math.min(this.now + 60_000, wakeAt(sensor.sender)))
      sensor.feed({ type: 'time' }, this.now)
    } else if (fault === 'cut') {
      sensor.connected = false
      sensor.feed({ type: 'disconnected' }, this.now)
    } else if (fault === 'connect') {
      sensor.connected = true
      sensor.feed({ type: 'connected' }, this.now)
    } else if (fault === 'crash') sensor.restart(this.now)
    else if (fault === 'monitor back') sensor.feed({ type: 'monitor-online' }, this.now)
    else if (fault === 'copy database') this.#database = monitor.copy()
    else if (fault === 'restore database') monitor.restore(this.#database ?? {})
    else if (fault === 'delete database') monitor.restore({})
    else if (fault === 'copy outbox') this.#outbox = sensor.copy()
    else if (this.#outbox) {
      const before = sensor.rows.map(({ value }) => value)
      sensor.restart(this.now, this.#outbox)
      const after = new Set(sensor.rows.map(({ value }) => value))
      for (const value of before) if (!after.has(value)) this.gone.add(value)
    }
  }

  /** Checks the invariants. */
  check(): void {
    const { stored, epochs, lost } = this.monitor
    assert.equal(new Set(stored).size, stored.length, 'a reading is stored once')
    for (const [epoch, { kept }] of epochs) {
      for (const seq of lost.get(epoch) ?? []) assert.ok(seq <= kept, 'a gap is not beyond the progress')
    }
    const { sender, rows } = this.sensor
    assert.equal(sender.cursor, this.sensor.cursor, 'the cursor is on disk')
    for (let i = 1; i < rows.length; i += 1) assert.ok((rows[i]?.seq ?? 0) > (rows[i - 1]?.seq ?? 0), 'numbers count up')
  }

  /** Delivers all messages until no timer is set. */
  settle(): void {
    this.sensor.connected = true
    this.sensor.feed({ type: 'connected' }, this.now)
    for (let i = 0; i < 2000; i += 1) {
      while (this.batches.length + this.acks.length > 0) this.deliver(0)
      const next = wakeAt(this.sensor.sender)
      if (next === Number.POSITIVE_INFINITY) return
      this.now = Math.max(this.now, next)
      this.sensor.feed({ type: 'time' }, this.now)
    }
    assert.fail('timers never end')
  }
}

const gentle: Fault[] = [
  'deliver',
  'deliver',
  'deliver',
  'deliver late one',
  'deliver twice',
  'lose',
  'take',
  'take',
  'take many',
  'time',
  'time',
  'cut',
  'connect',
  'crash',
  'monitor back',
]
const databases: Fault[] = [...gentle, 'copy database', 'restore database', 'delete database']
const cards: Fault[] = [...gentle, 'copy outbox', 'restore outbox']
const story = (faults: Fault[]) => fc.array(fc.tuple(fc.constantFrom(...faults), fc.nat(1000)), { maxLength: 150, size: 'max' })

function play(faults: [Fault, number][]): System {
  const system = new System()
  for (const [fault, index] of faults) {
    system.do(fault, index)
    system.check()
  }
  // One more reading declares the numbers missing before it lost.
  system.take(1)
  system.settle()
  system.check()
  return system
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1)

describe('the sender and the receiver, over a channel that loses, duplicates and reorders messages', () => {
  it('store every reading once and in order, without a gap, after any sequence of faults', () => {
    fc.assert(
      fc.property(story(gentle), (faults) => {
        const { monitor, taken } = play(faults)
        assert.deepEqual(monitor.stored, numbers(taken))
        assert.deepEqual(
          [...monitor.lost.values()].flatMap((lost) => [...lost]),
          [],
        )
      }),
      { numRuns: 1000 },
    )
  })

  it('refill a database that was deleted or restored, without an operator', () => {
    fc.assert(
      fc.property(story(databases), (faults) => {
        const { monitor, taken } = play(faults)
        assert.deepEqual(
          monitor.stored.toSorted((a, b) => a - b),
          numbers(taken),
        )
      }),
      { numRuns: 1000 },
    )
  })

  it('lose only the readings that a restored SD card had not sent', () => {
    fc.assert(
      fc.property(story(cards), (faults) => {
        const { monitor, taken, gone } = play(faults)
        const missing = numbers(taken).filter((value) => !monitor.stored.includes(value))
        assert.deepEqual(
          missing.filter((value) => !gone.has(value)),
          [],
        )
      }),
      { numRuns: 1000 },
    )
  })
})
