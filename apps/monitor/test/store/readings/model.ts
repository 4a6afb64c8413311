import assert from 'node:assert/strict'
import { day, hour, minute, second } from '@hearthwatch/protocol/durations'
import fc from 'fast-check'
import type { Store } from '../../../store/store.ts'

/** Start of the days with readings, ms. */
export const begin = Date.UTC(2026, 10, 20)
export const days = 4

export interface Reading {
  time: number
  value: number
}

/** The expected content of one series, as a plain list. */
export class Model {
  readonly device: string
  /** Readings that are not deleted. */
  readings: Reading[] = []
  /** All readings, also deleted ones, except those before `deletedBefore`, which may be repeats of deleted readings. */
  all: Reading[] = []
  deletedBefore = 0

  constructor(device: string) {
    this.device = device
  }

  get name() {
    return { room: '客廳', quantity: 'temperature', device: this.device }
  }

  /** @returns the expected time of the row; null for a repeat */
  add(time: number, value: number): number | null {
    let free = time
    for (;;) {
      const there = this.readings.find((reading) => reading.time === free)
      if (there === undefined) break
      if (there.value === value) return null
      free += 1
    }
    this.insert(free, value)
    return free
  }

  addPlain(arrival: number, value: number): number {
    const from = Math.max(arrival, this.deletedBefore)
    const near = this.readings.filter((reading) => reading.time >= from && reading.time <= from + second)
    let time = Math.max(from, ...near.map((reading) => reading.time + 1))
    while (this.readings.some((reading) => reading.time === time)) time += 1
    this.insert(time, value)
    return time
  }

  insert(time: number, value: number): void {
    this.readings.push({ time, value })
    this.readings.sort((a, b) => a.time - b.time)
    if (time >= this.deletedBefore) this.all.push({ time, value })
  }
}

/** A random change of the readings. */
export type Step =
  | { kind: 'add'; device: number; readings: [time: number, value: number, late: boolean, unsure: boolean][] }
  | { kind: 'plain'; device: number; time: number; value: number }
  | { kind: 'undone'; device: number; time: number }
  | { kind: 'archive'; days: number; steps: number }
  | { kind: 'delete'; time: number; limit: number }
  | { kind: 'rebuild'; steps: number }
  | { kind: 'restart' }

// Few times and few values, so that many are equal.
export const time = fc.oneof(
  fc.nat(days * 144 - 1).map((n) => begin + n * 10 * minute),
  fc.nat(days * 24 - 1).chain((n) => fc.nat(3).map((more) => begin + n * hour + more)),
)
const value = fc.oneof(fc.nat(4), fc.constantFrom(20.5, -3.25, 0.1 + 0.2))
export const device = fc.nat(1)
export const step: fc.Arbitrary<Step> = fc.oneof(
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
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('archive' as const), days: fc.nat(days), steps: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), time, limit: fc.integer({ min: 1, max: 50 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rebuild' as const), steps: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
)
/** Applies the step to the store and to the models, and compares the results. */
export function apply(step: Exclude<Step, { kind: 'restart' }>, store: Store, models: Model[]): void {
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
    case 'archive': {
      const before = begin + step.days * day
      let left = step.steps
      for (const series of readings.archiving.seriesBefore(before))
        for (let done = readings.archiving.step(series, 0, before); done !== null && left > 0; left -= 1)
          done = readings.archiving.step(series, done.next, before)
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
          model.deletedBefore = Math.max(model.deletedBefore, time + 1)
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
      let at = first?.rolledUpTo ?? null
      for (let i = 0; first !== undefined && at !== null && i < step.steps; i += 1)
        at = readings.rebuild.step({ id: first.id, rolledUpTo: at })
    }
  }
}
