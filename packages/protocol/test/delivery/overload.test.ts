import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Ack } from '../../delivery/batch.ts'
import { noProgress, type Progress } from '../../delivery/receiver.ts'
import { type Effect, type Input, newSender, type Sender, step, wakeAt } from '../../delivery/sender.ts'

const second = 1000
/** Cost of a batch at the monitor, whatever is in it, and of a row. ms */
const perBatch = 50
const perRow = 1
/** ms between two readings of a sensor, and the time after which waiting rows are sent. */
const readEvery = 10 * second
const batchInterval = 30 * second

/** A sensor: the real sender, whose rows are numbers. */
interface Sensor {
  id: number
  state: Sender
  last: number
  nextReading: number
}

interface Waiting {
  sensor: Sensor
  batch: string
  from: number
  to: number
  sent: number
}

/**
 * A monitor that is too slow for its sensors, in simulated time. It has one queue, served in its order; a newer batch takes the
 * place of a waiting one. It answers as the real one does, also with the pause that it asks for.
 */
function simulate(count: (now: number) => number, until: number) {
  const sensors: Sensor[] = []
  const progress = new Map<number, Progress>()
  const queue: Waiting[] = []
  /** Rows that were stored for the first time, batches served and batches that brought nothing new, by the second. */
  const stored = new Map<number, number>()
  const repeats = new Map<number, number>()
  let free = 0
  let now = 0

  const feed = (sensor: Sensor, input: Input): void => {
    const [state, effects] = step(sensor.state, input, now)
    sensor.state = state
    for (const effect of effects) perform(sensor, effect)
  }
  const perform = (sensor: Sensor, effect: Effect): void => {
    if (effect.type !== 'send') return
    const to = Math.min(sensor.last, effect.from - 1 + effect.most)
    if (to < effect.from) return feed(sensor, { type: 'nothing', last: sensor.last })
    const older = queue.find((waiting) => waiting.sensor === sensor)
    if (older) Object.assign(older, { batch: effect.batch, from: effect.from, to, sent: now })
    else queue.push({ sensor, batch: effect.batch, from: effect.from, to, sent: now })
    feed(sensor, { type: 'sent', batch: effect.batch, to, rows: to - effect.from + 1, chance: (sensor.id % 97) / 97 })
  }
  const serve = () => {
    while (queue.length > 0 && free <= now) {
      const { sensor, batch, from, to, sent } = queue.shift() as Waiting
      free = Math.max(free, sent) + perBatch + perRow * (to - from + 1)
      const { kept } = progress.get(sensor.id) ?? noProgress
      const at = Math.floor(now / second)
      const rows = Math.max(0, to - kept)
      if (from <= kept + 1) progress.set(sensor.id, { ...noProgress, kept: Math.max(kept, to) })
      if (rows === 0) repeats.set(at, (repeats.get(at) ?? 0) + 1)
      else stored.set(at, (stored.get(at) ?? 0) + rows)
      const delay = now - sent
      const after = delay < 2 * second ? undefined : Math.min(60 * second, 2 * delay)
      const ack: Ack = { epoch: 'e', re: batch, seq: progress.get(sensor.id)?.kept ?? 0, now, after }
      feed(sensor, { type: 'ack', ack })
    }
  }

  for (; now < until; now += 20) {
    while (sensors.length < count(now)) {
      const id = sensors.length
      const state = newSender({ batchSize: 60, batchInterval }, `s${id}`, { epoch: 'e', cursor: 0, last: 0 })
      const sensor = { id, state, last: 0, nextReading: now + ((id * 7919) % readEvery) }
      sensors.push(sensor)
      feed(sensor, { type: 'connected' })
    }
    for (const sensor of sensors.slice(0, count(now))) {
      if (now >= sensor.nextReading) {
        sensor.nextReading += readEvery
        sensor.last += 1
        feed(sensor, { type: 'appended', last: sensor.last })
      }
      while (wakeAt(sensor.state) <= now) feed(sensor, { type: 'time' })
    }
    // Those that are gone measure nothing more, and send what is left.
    for (const sensor of sensors.slice(count(now))) while (wakeAt(sensor.state) <= now) feed(sensor, { type: 'time' })
    serve()
  }
  const sum = (of: Map<number, number>, from: number, to: number) =>
    [...of].reduce((all, [at, n]) => (at >= from && at < to ? all + n : all), 0)
  return {
    storedBetween: (from: number, to: number) => sum(stored, from, to),
    repeatsBetween: (from: number, to: number) => sum(repeats, from, to),
    waiting: () => sensors.reduce((rows, { last, state }) => rows + last - state.cursor, 0),
    lost: () => sensors.filter(({ id, state }) => state.cursor > (progress.get(id)?.kept ?? 0)).length,
  }
}

/** The sensors that a monitor of this speed can bear: each sends 3 rows in each 30 s. */
const bearable = Math.floor(batchInterval / (perBatch + 3 * perRow))

describe('A monitor with twice the sensors that it can bear', () => {
  it('stores all that they measure, because they send fewer and larger batches, and the rows that wait do not grow', () => {
    const demand = 2 * bearable * 6
    const house = simulate(() => 2 * bearable, 600 * second)
    assert.ok(house.storedBetween(300, 600) >= 5 * demand, `${house.storedBetween(300, 600)} in 5 minutes`)
    assert.equal(house.repeatsBetween(0, 600), 0, 'no batch is stored in vain')
    assert.ok(house.waiting() < 3 * demand, `${house.waiting()} rows wait`)
    assert.equal(house.lost(), 0)
  })

  it('has caught up two minutes after its load was halved', () => {
    const house = simulate((now) => (now < 300 * second ? 2 * bearable : bearable), 420 * second)
    // Up to four rows of each sensor wait for the next batch at any time.
    assert.ok(house.waiting() < 4 * bearable, `${house.waiting()} rows wait`)
    assert.equal(house.lost(), 0)
  })
})
