import { silent } from '@hearthwatch/log'
import { day } from '@hearthwatch/protocol/durations'
import { freePort } from '@hearthwatch/testhouse/ports'
import Database from 'better-sqlite3'
import { archiveOldReadings } from '../apps/monitor/nightly/archive-readings.ts'
import { openStore } from '../apps/monitor/store/store.ts'
import { databaseOf, inFolder, withBroker, withMonitor } from './program.ts'
import { against, progress } from './report.ts'
import { count, room, sizesOf, timeOf, writeYear } from './year.ts'

const points = 500
/** Targets: time in ms, and bytes per archived reading. */
const targets = { database: 5, http: 20, block: 2 }

interface Span {
  name: string
  from: number
  to: number
}

/** Measures charts of a year of one sensor, from rows, rollups and the archive, and the size of the year on disk. */
export function history(): Promise<void> {
  return inFolder('history', async (folder) => {
    const file = databaseOf(folder)
    progress(`history: writing ${count.toLocaleString('en')} readings`)
    const end = writeYear(file)
    const spans: Span[] = [
      { name: 'a year', from: end - 365 * day, to: end },
      { name: 'a year, not aligned', from: end - 364 * day - 1_234_567, to: end - 7_654_321 },
      { name: 'a month', from: end - 30 * day, to: end },
      { name: 'a day', from: end - day, to: end },
      { name: 'six hours, half a year ago', from: end - 180 * day, to: end - 180 * day + day / 4 },
    ]
    progress('history: reading charts')
    const sql = await bySql(file, spans)
    const before = { sizes: sizesOf(file), ms: await byStore(file, spans) }
    progress('history: archiving')
    const archived = await archive(file, end)
    const after = { sizes: sizesOf(file), ms: await byStore(file, spans) }
    progress('history: reading charts over HTTP')
    const http = await byHttp(folder, spans)
    report(spans, { sql, before: before.ms, after: after.ms, http })
    reportSizes(before.sizes, after.sizes, archived)
    console.log(
      `A year as ${points} points takes ${against(Math.max(before.ms[0] ?? 0, after.ms[0] ?? 0), targets.database, 'at most', 1)} ms in the database`,
    )
    console.log(`and ${against(http[0] ?? 0, targets.http, 'at most', 1)} ms over HTTP.`)
    console.log(`An archived reading takes ${against(after.sizes.data / archived.readings, targets.block, 'at most', 2)} bytes.`)
  })
}

/** For comparison: the same buckets from the rows, by SQL alone. */
async function bySql(file: string, spans: readonly Span[]): Promise<number[]> {
  const db = new Database(file, { readonly: true })
  const buckets = db
    .prepare(`
      SELECT time / CAST(:width AS INTEGER) AS bucket, min(value), avg(value), max(value), count(*) FROM reading
      WHERE series = 1 AND time >= :from AND time < :to GROUP BY bucket`)
    .raw()
  const took: number[] = []
  for (const { from, to } of spans)
    took.push(await timeOf(() => buckets.all({ from, to, width: Math.ceil((to - from) / points) }), to - from > 40 * day ? 3 : 20))
  db.close()
  return took
}

async function byStore(file: string, spans: readonly Span[]): Promise<number[]> {
  const store = openStore(file)
  const took: number[] = []
  for (const { from, to } of spans) took.push(await timeOf(() => store.readings.range({ room, quantity: 'temperature', from, to }, points)))
  store.close()
  return took
}

async function byHttp(folder: string, spans: readonly Span[]): Promise<number[]> {
  const port = String(await freePort())
  return withBroker((MQTT_URL) =>
    withMonitor(folder, { MQTT_URL, HTTP_PORT: port }, async () => {
      const took: number[] = []
      for (const { from, to } of spans) {
        const query = new URLSearchParams({ room, quantity: 'temperature', from: String(from), to: String(to), points: String(points) })
        took.push(await timeOf(async () => (await fetch(`http://127.0.0.1:${port}/api/readings?${query}`)).json()))
      }
      return took
    }),
  )
}

/** Archives the readings like the first nightly run. */
async function archive(file: string, end: number) {
  const store = openStore(file)
  const begun = performance.now()
  const readings = await archiveOldReadings({ store, now: () => end, log: silent })
  const took = performance.now() - begun
  store.close()
  return { readings, took }
}

const round = (ms: number) => Number(ms.toFixed(1))

function report(spans: readonly Span[], took: { sql: number[]; before: number[]; after: number[]; http: number[] }): void {
  console.log(`\nA chart of at most ${points} points of one sensor's year (${count.toLocaleString('en')} readings), in ms, medians`)
  console.table(
    Object.fromEntries(
      spans.map(({ name }, i) => [
        name,
        {
          'SQL over the rows': round(took.sql[i] ?? 0),
          'ours, before archiving': round(took.before[i] ?? 0),
          'after archiving': round(took.after[i] ?? 0),
          'over HTTP': round(took.http[i] ?? 0),
        },
      ]),
    ),
  )
}

type Sizes = ReturnType<typeof sizesOf>

function reportSizes(before: Sizes, after: Sizes, { readings, took }: { readings: number; took: number }): void {
  console.log(`Size on disk; the first night archives ${readings.toLocaleString('en')} readings in ${(took / 1000).toFixed(1)} s`)
  const row = ({ rows, blocks, rollups, free }: Sizes) => {
    const mega = (bytes: number) => Number((bytes / 1e6).toFixed(1))
    const each = Number(((rows + blocks + rollups) / count).toFixed(1))
    return {
      'rows, MB': mega(rows),
      'blocks, MB': mega(blocks),
      'rollups, MB': mega(rollups),
      'bytes per reading': each,
      'free, MB': mega(free),
    }
  }
  console.table({ 'before archiving': row(before), 'after archiving': row(after) })
}
