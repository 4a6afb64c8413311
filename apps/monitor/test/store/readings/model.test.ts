import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { day, hour, minute } from '@hearthwatch/protocol/durations'
import { apply, begin, days, device, Model, type Reading, step, time } from '@hearthwatch/testhouse/readings-model'
import fc from 'fast-check'
import type { Point } from '../../../store/readings/readings.ts'
import { openStore, type Store } from '../../../store/store.ts'

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

describe('Readings that are stored late or twice, rolled back, archived, deleted and aggregated in any order', () => {
  it('match a simple list as the model', { timeout: 60_000 }, () => {
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
              } else apply(step, store, models)
            }
            for (const model of models) checkSeries(store, model)
            checkSummary(store, models)
            for (const question of questions) checkRange(store, models, question)
            // Rebuilt rollups must equal the current ones.
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

function finishRollups({ readings }: Store): void {
  for (const { id, rolledUpTo } of readings.rebuild.unfinished())
    for (let at: number | null = rolledUpTo; at !== null; ) at = readings.rebuild.step({ id, rolledUpTo: at })
}

function checkSeries({ readings }: Store, { name, readings: expected, deletedBefore }: Model): void {
  assert.deepEqual([...readings.each(name, 0, 2 * begin)], expected)
  const middle = expected[Math.floor(expected.length / 2)]
  if (middle) assert.deepEqual([...readings.each(name, middle.time, 2 * begin)], expected.slice(expected.indexOf(middle)))
  for (const { time, value } of expected.slice(0, 50)) {
    assert.ok(readings.has(name.device, name.quantity, time, value))
    assert.ok(!readings.has(name.device, name.quantity, time, value + 1e-9))
  }
  const last = readings.latest(Number.MAX_SAFE_INTEGER).find(({ device }) => device === name.device)
  assert.deepEqual(last && { time: last.time, value: last.value }, expected.at(-1))
  assert.equal(readings.isKnown(name), expected.length > 0 || deletedBefore > 0)
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
  for (const { all, deletedBefore } of asked) {
    // If the readings are deleted, five minutes count as a whole.
    const low = from < deletedBefore ? from - (from % (5 * minute)) : from
    const high = to - (to % (5 * minute)) < deletedBefore ? Math.ceil(to / (5 * minute)) * 5 * minute : to
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
