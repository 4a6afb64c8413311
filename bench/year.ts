import { setTimeout as delay } from 'node:timers/promises'
import { day } from '@hearthwatch/protocol/durations'
import Database from 'better-sqlite3'
import { openStore } from '../apps/monitor/store/store.ts'
import { interval, readings } from './device.ts'

/** A reading in 10 s, for 365 days. */
export const count = (365 * day) / interval
export const room = 'kitchen'
const name = { room, quantity: 'temperature', device: 'pi-year' }

/** Lays a year of one sensor into a new database, to the tenth of a degree and up to this moment. @returns when the last one is, ms */
export function layYear(file: string): number {
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

/** What each table takes, in bytes, and the pages that are free. */
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

/** How long a piece of work takes, in ms: the median of some runs after the first, which fills the caches. */
export async function timeOf(work: () => unknown, runs = 20): Promise<number> {
  const took: number[] = []
  for (let run = 0; run <= runs; run += 1) {
    // Who asks for a chart asks once, and not of a process that has just been busy.
    await delay(10)
    const begun = performance.now()
    await work()
    took.push(performance.now() - begun)
  }
  return percentile(took.slice(1), 0.5)
}

/** @param part 0.5: the median; 0.99: what one of a hundred is longer than */
export function percentile(all: readonly number[], part: number): number {
  const sorted = [...all].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}
