import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { Client, ClientBase } from 'pg'
import type { FeedEntry, FeedRow } from '../../store/feed.ts'
import type { SeriesName } from '../../store/readings/series-name.ts'
import type { SavedSite, SiteState, Target, TargetKind, TargetOptions } from '../target.ts'
import { createMonth, createReadings, isPartitioned, monthsOf } from './partitions.ts'

/** Version of the schema that this program makes; a newer one is not touched. */
const version = 1
const sqlOf = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')
/** ms */
const connectTimeout = 10_000
const statementTimeout = 60_000

/** PostgreSQL 14 or later, with TimescaleDB where it is installed: one database for many sites. */
export const postgres: TargetKind = {
  schemes: ['postgres', 'postgresql'],
  create: async (options) => createPostgres(options),
  load: loadSite,
}

async function connect(url: URL): Promise<Client> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({
    connectionString: url.href,
    connectionTimeoutMillis: connectTimeout,
    statement_timeout: statementTimeout,
    keepAlive: true,
    application_name: 'hearthwatch',
  })
  // A connection that breaks between two statements is noticed by the next one.
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
  return client
}

/** Runs work in a transaction. */
async function inTransaction<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN')
  try {
    const result = await work()
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw error
  }
}

function createPostgres({ url, site, instance, patience }: TargetOptions): Target {
  let client: Client | undefined
  let hasMonths = false
  const months = new Set<string>()
  const series = new Map<string, number>()
  const connected = () => {
    if (client === undefined) throw new Error('not connected')
    return client
  }

  /** Locks the row of the site for this transaction. @returns the last number that is stored */
  async function lockSite(): Promise<number> {
    const found = await connected().query<{ instance: string; seq: string }>(
      'SELECT instance, seq FROM hearthwatch.site WHERE site = $1 FOR UPDATE',
      [site],
    )
    const row = found.rows[0]
    if (row === undefined) throw new Error(`the site ${site} was deleted from the database`)
    if (row.instance !== instance) throw new Error(occupied(site))
    return Number(row.seq)
  }

  async function seriesId({ room, quantity, device }: SeriesName): Promise<number> {
    const key = JSON.stringify([room, quantity, device])
    const known = series.get(key)
    if (known !== undefined) return known
    const { rows } = await connected().query<{ id: number }>(
      `INSERT INTO hearthwatch.series (site, room, quantity, device) VALUES ($1, $2, $3, $4)
       ON CONFLICT (site, room, quantity, device) DO UPDATE SET site = excluded.site RETURNING id`,
      [site, room, quantity, device ?? ''],
    )
    const id = (rows[0] as { id: number }).id
    series.set(key, id)
    return id
  }

  async function storeReadings(readings: FeedEntry['readings']): Promise<void> {
    if (readings.length === 0) return
    const client = connected()
    const { from } = await import('pg-copy-streams')
    if (hasMonths)
      for (const month of monthsOf(readings.flatMap(({ rows }) => rows.map(([time]) => time)))) {
        if (months.has(month)) continue
        await createMonth(client, month)
        months.add(month)
      }
    const ids = new Map<FeedEntry['readings'][number], number>()
    for (const one of readings) ids.set(one, await seriesId(one.series))
    const lines = readings.map((one) => one.rows.map(([time, value]) => `${ids.get(one)}\t${time}\t${value}\n`).join(''))
    await pipeline(Readable.from(lines), client.query(from('COPY incoming FROM STDIN')))
    await client.query(
      `INSERT INTO hearthwatch.reading (series, time, value)
       SELECT series, to_timestamp(time / 1000.0), value FROM incoming ON CONFLICT DO NOTHING`,
    )
    await client.query('TRUNCATE incoming')
  }

  async function remove({ room, quantity, device }: SeriesName): Promise<void> {
    const id = await seriesId({ room, quantity, device })
    await connected().query('DELETE FROM hearthwatch.reading WHERE series = $1', [id])
  }

  async function storeOthers({
    alerts = [],
    dropped = [],
    gaps = [],
    epochs = [],
    devices = [],
    tables = {},
  }: Partial<FeedEntry>): Promise<void> {
    const client = connected()
    const run = async (sql: string, rows: readonly unknown[]) => {
      if (rows.length > 0) await client.query(sql, [site, JSON.stringify(rows)])
    }
    const ms = (name: string) => `to_timestamp((a->>'${name}')::bigint / 1000.0)`
    if (alerts.length > 0)
      await client.query(
        `INSERT INTO hearthwatch.alert (site, instance, id, rule, room, device, quantity, state, severity, value, started, fired, resolved, acknowledged, detail)
         SELECT $1, $3, (a->>'id')::bigint, a->>'rule', a->>'room', a->>'device', a->>'quantity', a->>'state', a->>'severity', (a->>'value')::float8,
           ${ms('started')}, ${ms('fired')}, ${ms('resolved')}, ${ms('acknowledged')}, a FROM jsonb_array_elements($2::jsonb) AS a
         ON CONFLICT (site, instance, id) DO UPDATE SET state = excluded.state, severity = excluded.severity, value = excluded.value, fired = excluded.fired,
           resolved = excluded.resolved, acknowledged = excluded.acknowledged, detail = excluded.detail`,
        [site, JSON.stringify(alerts), instance],
      )
    if (dropped.length > 0)
      await client.query('DELETE FROM hearthwatch.alert WHERE site = $1 AND instance = $2 AND id = ANY($3::bigint[])', [
        site,
        instance,
        dropped,
      ])
    await run(
      `INSERT INTO hearthwatch.gap (site, device, epoch, first, last, lost, noticed)
       SELECT $1, a->>'device', a->>'epoch', (a->>'first')::bigint, (a->>'last')::bigint, (a->>'lost')::bigint, ${ms('noticed')}
       FROM jsonb_array_elements($2::jsonb) AS a
       ON CONFLICT (site, device, epoch, first) DO UPDATE SET last = excluded.last, lost = excluded.lost, noticed = excluded.noticed`,
      gaps,
    )
    await run(
      `INSERT INTO hearthwatch.epoch (site, device, epoch, kept, begun, heard, skew)
       SELECT $1, a->>'device', a->>'epoch', (a->>'kept')::bigint, (a->>'begun')::int, (a->>'heard')::bigint, (a->>'skew')::bigint
       FROM jsonb_array_elements($2::jsonb) AS a
       ON CONFLICT (site, device, epoch) DO UPDATE SET kept = excluded.kept, begun = excluded.begun, heard = excluded.heard, skew = excluded.skew`,
      epochs,
    )
    await run(
      `INSERT INTO hearthwatch.device (site, key, room, info, described)
       SELECT $1, a->>'key', a->>'room', (a->>'info')::jsonb, (a->>'described')::jsonb FROM jsonb_array_elements($2::jsonb) AS a
       ON CONFLICT (site, key) DO UPDATE SET room = excluded.room, info = excluded.info, described = excluded.described`,
      devices,
    )
    for (const [name, rows] of Object.entries(tables))
      await client.query(
        'INSERT INTO hearthwatch.state (site, name, rows) VALUES ($1, $2, $3) ON CONFLICT (site, name) DO UPDATE SET rows = excluded.rows',
        [site, name, JSON.stringify(rows)],
      )
  }

  return {
    async open(): Promise<SiteState> {
      await client?.end().catch(() => {})
      client = undefined
      series.clear()
      months.clear()
      const opened = await connect(url)
      client = opened
      await inTransaction(opened, () => makeSchema(opened))
      hasMonths = await isPartitioned(opened)
      await opened.query('CREATE TEMP TABLE incoming (series int, time bigint, value float8)')
      return inTransaction(opened, async () => {
        await opened.query('INSERT INTO hearthwatch.site (site, instance) VALUES ($1, $2) ON CONFLICT DO NOTHING', [site, instance])
        const row = await siteRow(opened, site)
        if (row?.instance === instance) return { seq: Number(row.seq), isKnown: row.complete }
        if (row === undefined || row.age < patience) throw new Error(occupied(site))
        await opened.query('UPDATE hearthwatch.site SET instance = $2, seq = 0, complete = false, updated = now() WHERE site = $1', [
          site,
          instance,
        ])
        return { seq: 0, isKnown: false }
      })
    },

    async send(given: readonly FeedRow[]): Promise<void> {
      try {
        await inTransaction(connected(), async () => {
          const stored = await lockSite()
          const rows = given.filter(({ seq }) => seq > stored)
          for (const part of merged(rows)) {
            for (const deleted of part.deleted) await remove(deleted)
            await storeReadings(part.readings)
            await storeOthers(part)
          }
          const seq = Math.max(stored, rows.at(-1)?.seq ?? 0)
          await connected().query('UPDATE hearthwatch.site SET seq = $2, updated = now() WHERE site = $1', [site, seq])
        })
      } catch (error) {
        // Those of this transaction are rolled back.
        series.clear()
        months.clear()
        throw error
      }
    },

    async sendPast(entry): Promise<void> {
      try {
        await inTransaction(connected(), async () => {
          await lockSite()
          await storeReadings(entry.readings ?? [])
          await storeOthers(entry)
          await connected().query('UPDATE hearthwatch.site SET updated = now() WHERE site = $1', [site])
        })
      } catch (error) {
        series.clear()
        months.clear()
        throw error
      }
    },

    async setComplete(isComplete): Promise<void> {
      await inTransaction(connected(), async () => {
        await lockSite()
        await connected().query('UPDATE hearthwatch.site SET complete = $2, updated = now() WHERE site = $1', [site, isComplete])
      })
    },

    async close(): Promise<void> {
      await client?.end().catch(() => {})
      client = undefined
    },
  }
}

const occupied = (site: string) => `another monitor forwards as the site ${site}: give each monitor its own SITE`

interface SiteRow {
  instance: string
  seq: string
  complete: boolean
  /** ms since its monitor was heard of */
  age: number
}

/** Locks the row of the site for this transaction. */
async function siteRow(client: ClientBase, site: string): Promise<SiteRow | undefined> {
  const { rows } = await client.query<SiteRow>(
    `SELECT instance, seq, complete, extract(epoch FROM clock_timestamp() - updated)::float8 * 1000 AS age FROM hearthwatch.site WHERE site = $1 FOR UPDATE`,
    [site],
  )
  return rows[0]
}

/** @throws Error if a newer program has made the schema, or if this user may not */
async function makeSchema(client: ClientBase): Promise<void> {
  await client.query("SELECT pg_advisory_xact_lock(hashtext('hearthwatch.schema'))")
  const there = await client.query<{ found: string | null }>("SELECT to_regclass('hearthwatch.version') AS found")
  if (there.rows[0]?.found != null) {
    const { rows } = await client.query<{ version: number }>('SELECT version FROM hearthwatch.version')
    const found = rows[0]?.version ?? 0
    if (found > version) throw new Error(`the schema there has version ${found}, and this program knows ${version}: update this monitor`)
  }
  await client.query(sqlOf('schema.sql'))
  await createReadings(client)
  await client.query(sqlOf('views.sql'))
}

interface Part {
  deleted: SeriesName[]
  readings: FeedEntry['readings']
  alerts: FeedEntry['alerts']
  dropped: number[]
  gaps: FeedEntry['gaps']
  epochs: FeedEntry['epochs']
  devices: FeedEntry['devices']
  tables: FeedEntry['tables']
}

/** The entries as few large parts. A deletion begins a part, since readings before it go and those after it stay. */
function merged(rows: readonly FeedRow[]): Part[] {
  const parts: Part[] = []
  let alerts = new Map<number, FeedEntry['alerts'][number] | null>()
  let keyed = new Map<string, FeedEntry['gaps'][number]>()
  let epochs = new Map<string, FeedEntry['epochs'][number]>()
  let devices = new Map<string, FeedEntry['devices'][number]>()
  let readings = new Map<string, FeedEntry['readings'][number]>()
  let part: Part | undefined
  const finish = () => {
    if (part === undefined) return
    part.readings = [...readings.values()]
    part.alerts = [...alerts.values()].filter((alert) => alert !== null)
    part.dropped = [...alerts].flatMap(([id, alert]) => (alert === null ? [id] : []))
    part.gaps = [...keyed.values()]
    part.epochs = [...epochs.values()]
    part.devices = [...devices.values()]
    parts.push(part)
  }
  const begin = (deleted: SeriesName[]) => {
    finish()
    part = { deleted, readings: [], alerts: [], dropped: [], gaps: [], epochs: [], devices: [], tables: {} }
    alerts = new Map()
    keyed = new Map()
    epochs = new Map()
    devices = new Map()
    readings = new Map()
    return part
  }
  for (const { entry } of rows) {
    const into = entry.deleted !== undefined || part === undefined ? begin(entry.deleted ?? []) : part
    for (const { series, rows } of entry.readings ?? []) {
      const key = JSON.stringify(series)
      const before = readings.get(key)
      if (before) before.rows.push(...rows)
      else readings.set(key, { series, rows: [...rows] })
    }
    for (const alert of entry.alerts ?? []) alerts.set(alert.id, alert)
    for (const id of entry.dropped ?? []) alerts.set(id, null)
    for (const gap of entry.gaps ?? []) keyed.set(JSON.stringify([gap.device, gap.epoch, gap.first]), gap)
    for (const epoch of entry.epochs ?? []) epochs.set(JSON.stringify([epoch.device, epoch.epoch]), epoch)
    for (const device of entry.devices ?? []) devices.set(device.key, device)
    Object.assign(into.tables, entry.tables)
  }
  finish()
  return parts
}

/**
 * Reads the site, and makes this database its source from now on. Waits while the former monitor may still be alive.
 * @throws Error if it is alive
 */
async function loadSite(options: TargetOptions): Promise<SavedSite | null> {
  const { url, site, instance, patience } = options
  const client = await connect(url)
  try {
    const there = await client.query<{ found: string | null }>("SELECT to_regclass('hearthwatch.site') AS found")
    if (there.rows[0]?.found == null) return null
    const began = await inTransaction(client, () => siteRow(client, site))
    if (began === undefined) return null
    for (let row: SiteRow | undefined = began; row !== undefined && row.instance !== instance && row.age < patience; ) {
      await delay(Math.min(1000, patience - row.age + 10))
      const before: number = row.age
      row = await inTransaction(client, () => siteRow(client, site))
      if (row !== undefined && row.age < before) throw new Error(occupied(site))
    }
    return await inTransaction(client, () => adopt(client, options))
  } finally {
    await client.end().catch(() => {})
  }
}

async function adopt(client: ClientBase, { site, instance }: TargetOptions): Promise<SavedSite | null> {
  const row = await siteRow(client, site)
  if (row === undefined) return null
  const all = async <T extends object>(sql: string): Promise<T[]> => (await client.query<T>(sql, [site])).rows
  // Its numbers go on, so its alerts are this database's from now on.
  await client.query('UPDATE hearthwatch.alert SET instance = $2 WHERE site = $1 AND instance = $3', [site, instance, row.instance])
  await client.query('UPDATE hearthwatch.site SET instance = $2, seq = 0, updated = now() WHERE site = $1', [site, instance])
  const alerts = await all<{ detail: FeedEntry['alerts'][number] }>(
    "SELECT detail FROM hearthwatch.alert JOIN hearthwatch.site USING (site, instance) WHERE site = $1 AND state <> 'resolved'",
  )
  const [newest] = await all<{ id: string | null }>(
    'SELECT max(id) AS id FROM hearthwatch.alert JOIN hearthwatch.site USING (site, instance) WHERE site = $1',
  )
  const epochs = await all<Record<keyof FeedEntry['epochs'][number], string>>(
    'SELECT device, epoch, kept, begun, heard, skew FROM hearthwatch.epoch WHERE site = $1',
  )
  const gaps = await all<Record<keyof FeedEntry['gaps'][number], string>>(
    'SELECT device, epoch, first, last, lost, (extract(epoch FROM noticed) * 1000)::bigint AS noticed FROM hearthwatch.gap WHERE site = $1',
  )
  const tables = await all<{ name: string; rows: Record<string, unknown>[] }>('SELECT name, rows FROM hearthwatch.state WHERE site = $1')
  const last = await all<{ room: string; quantity: string; device: string; time: string }>(
    `SELECT room, quantity, device, (extract(epoch FROM newest.time) * 1000)::bigint AS time FROM hearthwatch.series
     CROSS JOIN LATERAL (SELECT time FROM hearthwatch.reading WHERE series = series.id ORDER BY time DESC LIMIT 1) AS newest WHERE site = $1`,
  )
  return {
    isComplete: row.complete,
    lastAlert: Number(newest?.id ?? 0),
    alerts: alerts.map(({ detail }) => detail),
    epochs: epochs.map(({ device, epoch, ...numbers }) => ({ device, epoch, ...numbered(numbers) })),
    gaps: gaps.map(({ device, epoch, ...numbers }) => ({ device, epoch, ...numbered(numbers) })),
    tables: Object.fromEntries(tables.map(({ name, rows }) => [name, rows])),
    last: last.map(({ room, quantity, device, time }) => ({ series: { room, quantity, device: device || null }, time: Number(time) })),
  }
}

/** bigint comes as text. */
const numbered = <K extends string>(row: Record<K, string | number>) =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)])) as Record<K, number>
