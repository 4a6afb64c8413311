import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { Mean, weigh } from '@hearthwatch/api/mean'
import { day, minute, hour as oneHour } from '@hearthwatch/protocol/durations'
import fc from 'fast-check'
import type { Point } from '../../../store/readings/readings.ts'
import { openStore, type Store } from '../../../store/store.ts'
import { apply, begin, days, device, Model, type Reading, step, time } from './model.ts'

const question = fc.record({
  from: fc.oneof(
    time,
    time.map((at) => at + 77_777),
    fc.constant(begin),
  ),
  length: fc.oneof(fc.integer({ min: 1, max: days * day }), fc.constantFrom(minute, oneHour, day, days * day, 4 * minute)),
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
            for (const question of questions) checkRange(store, models, question, { isRolledUp: false })
            // Rebuilt rollups must equal the current ones.
            finishRollups(store)
            for (const question of questions) checkRange(store, models, question, { isRolledUp: true })
            store.transaction(store.readings.rebuild.begin)
            finishRollups(store)
            for (const question of questions) checkRange(store, models, question, { isRolledUp: true })
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
  const left = models.filter((model) => model.readings.length > 0)
  const [found] = readings.summary(0, 2 * begin)
  assert.equal(readings.count(), models.flatMap((model) => model.readings).length)
  assert.equal(found === undefined, left.length === 0)
  if (found === undefined) return
  const newest = Math.max(...left.flatMap((model) => model.readings.map(({ time }) => time)))
  assert.equal(found.time, newest)
  assert.ok(left.some((model) => model.readings.some(({ time, value }) => time === newest && value === found.last)))
  checkFigures(
    [found.min, found.mean, found.max, found.count],
    left.flatMap((model) => model.all),
  )
}

function checkRange(
  { readings }: Store,
  models: Model[],
  { from, length, points, device }: typeof question extends fc.Arbitrary<infer T> ? T : never,
  { isRolledUp }: { isRolledUp: boolean },
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
  const means = new Map<number, Mean>()
  for (const { all, deletedBefore } of asked) {
    const its: Reading[] = []
    // If the readings are deleted, five minutes count as a whole.
    const low = from < deletedBefore ? from - (from % (5 * minute)) : from
    const high = to - (to % (5 * minute)) < deletedBefore ? Math.ceil(to / (5 * minute)) * 5 * minute : to
    for (const reading of all) {
      if (reading.time < low || reading.time >= high) continue
      const start = points === 1 ? from : Math.floor((reading.time - origin) / width) * width + origin
      expected.set(start, [...(expected.get(start) ?? []), reading])
      its.push(reading)
    }
    addMeans(means, its, { from, to, width, origin, finest: deletedBefore <= from ? 0 : 5 * minute })
  }
  assert.deepEqual(
    found.points.map(([start]: Point) => start),
    [...expected.keys()].sort((a, b) => a - b),
  )
  for (const [start, ...figures] of found.points) {
    checkFigures(figures as [number, number, number, number], expected.get(start) ?? [])
    // Meanwhile an hour may be read as its five minutes.
    if (isRolledUp) assert.ok(Math.abs(figures[1] - (means.get(start)?.value ?? Number.NaN)) < 1e-9, `mean ${figures[1]}`)
  }
}

/** Adds the means of one series: of its five minutes, and of whole hours made of these, weighed by time. */
function addMeans(
  means: Map<number, Mean>,
  readings: readonly Reading[],
  { from, to, width, origin, finest }: { from: number; to: number; width: number; origin: number; finest: number },
): void {
  const gather = (pieces: readonly Reading[], weights: readonly number[], startOf: (time: number) => number) => {
    const found = new Map<number, Mean>()
    for (const [i, { time, value }] of pieces.entries()) {
      const start = startOf(time)
      const mean = found.get(start) ?? new Mean()
      mean.add(value, weights[i] ?? 1)
      found.set(start, mean)
    }
    return [...found].map(([time, { value }]) => ({ time, value }))
  }
  const down = (time: number, width: number) => time - (time % width)
  const sorted = readings.toSorted((a, b) => a.time - b.time)
  const alike = sorted.map(() => 1)
  const isNarrow = width < 5 * minute && finest === 0
  const slot = isNarrow ? width : 5 * minute
  const slotOf = (time: number) => (isNarrow && origin > 0 ? origin : down(time, slot))
  const slots = gather(sorted, alike, slotOf)
  const isInHour = ({ time }: Reading) => {
    const hour = down(time, oneHour)
    return width >= oneHour && hour >= from && hour + oneHour <= to
  }
  const wide = new Set(slots.filter(isInHour).map(({ time }) => down(time, oneHour)))
  const hours = [...wide].flatMap((hour) => {
    const its = slots.filter((slot) => isInHour(slot) && down(slot.time, oneHour) === hour)
    const weights = weigh(
      its.map(({ time }) => time),
      () => slot,
    )
    return gather(its, weights, () => hour).map((piece) => ({ ...piece, width: oneHour }))
  })
  const rest = slots.filter((slot) => !isInHour(slot)).map(({ time, value }) => ({ time: Math.max(time, from), value, width: slot }))
  const pieces = [...hours, ...rest].sort((a, b) => a.time - b.time)
  const weights = weigh(
    pieces.map(({ time }) => time),
    (i) => pieces[i]?.width ?? 0,
  )
  for (const [i, { time, value }] of pieces.entries()) {
    const start = origin > 0 ? origin : down(time, width)
    const mean = means.get(start) ?? new Mean()
    mean.add(value, weights[i] ?? 1)
    means.set(start, mean)
  }
}

function checkFigures([min, mean, max, count]: [number, number, number, number], expected: readonly Reading[]): void {
  const values = expected.map(({ value }) => value)
  assert.deepEqual([min, max, count], [Math.min(...values), Math.max(...values), values.length])
  assert.ok(min <= mean && mean <= max)
}
