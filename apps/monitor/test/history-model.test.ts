import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Point } from '../store/readings.ts'
import { openStore, type Store } from '../store/store.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const begin = Date.UTC(2026, 10, 20)
const days = 4

interface Reading {
  time: number
  value: number
}

/** One series, as a plain list says it should be. */
class Model {
  readonly device: string
  /** What is still there. */
  readings: Reading[] = []
  /** What ever was, less what cannot be told from a repeat of what was deleted. */
  all: Reading[] = []
  swept = 0

  constructor(device: string) {
    this.device = device
  }

  get name() {
    return { room: '客廳', quantity: 'temperature', device: this.device }
  }

  /** @returns the time that it should get */
  add(time: number, value: number): number | null {
    let free = time
    for (;;) {
      const there = this.readings.find((reading) => reading.time === free)
      if (there === undefined) break
      if (there.value === value) return null
      free += 1
    }
    this.keep(free, value)
    return free
  }

  addPlain(arrival: number, value: number): number {
    const time = Math.max(arrival, this.swept, ...this.readings.map((reading) => reading.time + 1))
    this.keep(time, value)
    return time
  }

  keep(time: number, value: number): void {
    this.readings.push({ time, value })
    this.readings.sort((a, b) => a.time - b.time)
    if (time >= this.swept) this.all.push({ time, value })
  }
}

type Step =
  | { kind: 'add'; device: number; readings: [time: number, value: number, late: boolean, unsure: boolean][] }
  | { kind: 'plain'; device: number; time: number; value: number }
  | { kind: 'undone'; device: number; time: number }
  | { kind: 'fold'; days: number; steps: number }
  | { kind: 'delete'; time: number; limit: number }
  | { kind: 'rebuild'; steps: number }
  | { kind: 'restart' }

// Few times and few values, so that many meet.
const time = fc.oneof(
  fc.nat(days * 144 - 1).map((n) => begin + n * 10 * minute),
  fc.nat(days * 24 - 1).chain((n) => fc.nat(3).map((more) => begin + n * hour + more)),
)
const value = fc.oneof(fc.nat(4), fc.constantFrom(20.5, -3.25, 0.1 + 0.2))
const device = fc.nat(1)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      device,
      readings: fc.array(fc.tuple(time, value, fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 60 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('plain' as const), device, time, value }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('undone' as const), device, time }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('fold' as const), days: fc.nat(days), steps: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), time, limit: fc.integer({ min: 1, max: 50 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rebuild' as const), steps: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
)
const question = fc.record({
  from: fc.oneof(
    time,
    time.map((at) => at + 77_777),
    fc.constant(begin),
  ),
  length: fc.oneof(fc.integer({ min: 1, max: days * day }), fc.constantFrom(minute, hour, day, days * day, 4 * minute)),
  points: fc.constantFrom(1, 2, 3, 7, 30, 100, 500),
  device: fc.option(device, { nil: undefined }),
})

describe('Readings that come late, twice, are undone, folded, deleted and rolled up in any order', () => {
  it('are what a plain list says they are', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 25 }),
        fc.array(question, { minLength: 5, maxLength: 15 }),
        (steps, questions) => {
          const folder = mkdtempSync(join(tmpdir(), 'history-'))
          let store = openStore(join(folder, 'house.db'))
          try {
            const models = [new Model('pi-1'), new Model('pi-2')]
            for (const step of steps) {
              if (step.kind === 'restart') {
                store.close()
                store = openStore(join(folder, 'house.db'))
              } else take(step, store, models)
            }
            for (const model of models) checkSeries(store, model)
            checkSummary(store, models)
            for (const question of questions) checkRange(store, models, question)
            // Whatever the rollups are now, made anew they are the same.
            finishRollups(store)
            for (const question of questions) checkRange(store, models, question)
            store.transaction(store.readings.rebuild.begin)
            finishRollups(store)
            for (const question of questions) checkRange(store, models, question)
          } finally {
            store.close()
            rmSync(folder, { recursive: true })
          }
        },
      ),
      { numRuns: 40 },
    )
  })
})

function take(step: Exclude<Step, { kind: 'restart' }>, store: Store, models: Model[]): void {
  const { readings } = store
  switch (step.kind) {
    case 'add': {
      const model = models[step.device] as Model
      store.transaction(() => {
        for (const unsure of [false, true]) {
          const add = readings.series(model.name, unsure)
          for (const [time, value, late, its] of step.readings)
            if (its === unsure) assert.equal(add(value, time, late), model.add(time, value))
        }
      })
      return
    }
    case 'plain': {
      const model = models[step.device] as Model
      assert.equal(
        store.transaction(() => readings.addPlain(model.name, step.value, step.time, false)),
        model.addPlain(step.time, step.value),
      )
      return
    }
    case 'undone': {
      const model = models[step.device] as Model
      assert.throws(() =>
        store.transaction(() => {
          readings.addTimed(model.name, 99, step.time, false)
          throw new Error('the disk is full')
        }),
      )
      return
    }
    case 'fold': {
      const before = begin + step.days * day
      let left = step.steps
      for (const series of readings.fold.seriesBefore(before))
        for (let done = readings.fold.step(series, 0, before); done !== null && left > 0; left -= 1)
          done = readings.fold.step(series, done.next, before)
      return
    }
    case 'delete': {
      const deleted = readings.deleteOlder(step.time, step.limit)
      assert.ok(deleted <= step.limit)
      let gone = 0
      for (const model of models) {
        const there = new Set([...readings.each(model.name, 0, 2 * begin)].map(({ time }) => time))
        for (const { time } of model.readings.filter((reading) => !there.has(reading.time))) {
          assert.ok(time < step.time)
          model.swept = Math.max(model.swept, time + 1)
          gone += 1
        }
        model.readings = model.readings.filter((reading) => there.has(reading.time))
      }
      assert.equal(gone, deleted)
      return
    }
    case 'rebuild': {
      store.transaction(readings.rebuild.begin)
      const [first] = readings.rebuild.unfinished()
      let at = first?.rolled ?? null
      for (let i = 0; first !== undefined && at !== null && i < step.steps; i += 1) at = readings.rebuild.step({ id: first.id, rolled: at })
    }
  }
}

function finishRollups({ readings }: Store): void {
  for (const { id, rolled } of readings.rebuild.unfinished())
    for (let at: number | null = rolled; at !== null; ) at = readings.rebuild.step({ id, rolled: at })
}

function checkSeries({ readings }: Store, { name, readings: expected, swept }: Model): void {
  assert.deepEqual([...readings.each(name, 0, 2 * begin)], expected)
  const middle = expected[Math.floor(expected.length / 2)]
  if (middle) assert.deepEqual([...readings.each(name, middle.time, 2 * begin)], expected.slice(expected.indexOf(middle)))
  for (const { time, value } of expected.slice(0, 50)) {
    assert.ok(readings.has(name.device, name.quantity, time, value))
    assert.ok(!readings.has(name.device, name.quantity, time, value + 1e-9))
  }
  const last = readings.latest().find(({ device }) => device === name.device)
  assert.deepEqual(last && { time: last.time, value: last.value }, expected.at(-1))
  assert.equal(readings.isKnown(name), expected.length > 0 || swept > 0)
}

function checkSummary({ readings }: Store, models: Model[]): void {
  const expected = models.flatMap((model) => model.readings)
  const [found] = readings.summary(0, 2 * begin)
  assert.equal(readings.count(), expected.length)
  assert.equal(found?.count ?? 0, expected.length)
  if (found === undefined) return
  const newest = Math.max(...expected.map(({ time }) => time))
  assert.equal(found.time, newest)
  assert.ok(expected.some(({ time, value }) => time === newest && value === found.last))
  checkFigures([found.min, found.mean, found.max, found.count], expected)
}

function checkRange(
  { readings }: Store,
  models: Model[],
  { from, length, points, device }: typeof question extends fc.Arbitrary<infer T> ? T : never,
) {
  const to = from + length
  const asked = models.filter((_, i) => device === undefined || i === device)
  const found = readings.range(
    { room: '客廳', quantity: 'temperature', from, to, device: device === undefined ? undefined : asked[0]?.device },
    points,
  )
  assert.ok(found.points.length <= points, `${found.points.length} points`)
  if (found.resolution === 0) {
    const expected = asked.flatMap((model) => model.readings.filter(({ time }) => time >= from && time < to))
    const inOrder = (all: (readonly number[])[]) => all.map(([time, value]) => `${time} ${value}`).sort()
    assert.deepEqual(inOrder(found.points), inOrder(expected.map(({ time, value }) => [time, value])))
    return
  }
  const width = found.resolution
  const origin = points === 1 ? from : 0
  const expected = new Map<number, Reading[]>()
  for (const { all, swept } of asked) {
    // Where the readings are gone, five minutes count as a whole.
    const low = from < swept ? from - (from % (5 * minute)) : from
    const high = to - (to % (5 * minute)) < swept ? Math.ceil(to / (5 * minute)) * 5 * minute : to
    for (const reading of all) {
      if (reading.time < low || reading.time >= high) continue
      const start = points === 1 ? from : Math.floor((reading.time - origin) / width) * width + origin
      expected.set(start, [...(expected.get(start) ?? []), reading])
    }
  }
  assert.deepEqual(
    found.points.map(([start]: Point) => start),
    [...expected.keys()].sort((a, b) => a - b),
  )
  for (const [start, ...figures] of found.points) checkFigures(figures as [number, number, number, number], expected.get(start) ?? [])
}

function checkFigures([min, mean, max, count]: [number, number, number, number], expected: readonly Reading[]): void {
  const values = expected.map(({ value }) => value)
  assert.deepEqual([min, max, count], [Math.min(...values), Math.max(...values), values.length])
  assert.ok(Math.abs(mean - values.reduce((sum, value) => sum + value, 0) / values.length) < 1e-9, `mean ${mean}`)
  assert.ok(min <= mean && mean <= max)
}
