import { setTimeout as delay } from 'node:timers/promises'
import { day } from '@hearthwatch/protocol/durations'
import Database from 'better-sqlite3'
import { openStore } from '../apps/monitor/store/store.ts'
import { interval, readings } from './device.ts'

/** Number of readings in 365 days, one per 10 s. */
export const count = (365 * day) / interval
export const room = 'kitchen'
const name = { room, quantity: 'temperature', device: 'pi-year' }

/** Writes a year of one sensor into a new database, with a resolution of 0.1 °C. @returns the time of the last reading, ms since the epoch */
export function writeYear(file: string): number {
  const store = openStore(file)
  const all = readings(count, 1)
  for (let from = 0; from < all.length; from += 10_000)
    store.transaction(() => {
      const add = store.readings.series(name, false)
      for (const { time, values } of all.slice(from, from + 10_000)) add(values.temperature ?? 0, time, false)
    })
  store.close()
  return all.at(-1)?.time ?? 0
}

/** Sizes of the tables and of the free pages, in bytes. */
export function sizesOf(file: string) {
  const db = new Database(file)
  db.pragma('wal_checkpoint(TRUNCATE)')
  const sizes = db.prepare<[], { name: string; size: number }>('SELECT name, sum(pgsize) AS size FROM dbstat GROUP BY name').all()
  const free = Number(db.pragma('freelist_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }))
  const data = db.prepare<[], number>('SELECT ifnull(sum(length(data)), 0) FROM block').pluck().get() ?? 0
  db.close()
  const of = (...names: string[]) => sizes.filter(({ name }) => names.includes(name)).reduce((sum, { size }) => sum + size, 0)
  return { rows: of('reading'), blocks: of('block', 'block_span'), data, rollups: of('rollup_5m', 'rollup_1h'), free }
}

/** Duration of the work in ms: the median of several runs after the first, which fills the caches. */
export async function timeOf(work: () => unknown, runs = 20): Promise<number> {
  const took: number[] = []
  for (let run = 0; run <= runs; run += 1) {
    // A pause, so that each run meets an idle process, as a person's request does.
    await delay(10)
    const begun = performance.now()
    await work()
    took.push(performance.now() - begun)
  }
  return percentile(took.slice(1), 0.5)
}

/** @param part 0.5 for the median, 0.99 for the value that 1 % exceed */
export function percentile(all: readonly number[], part: number): number {
  const sorted = [...all].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}
