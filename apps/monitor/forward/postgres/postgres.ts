import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Client } from 'pg'
import type { FeedEntry, FeedRow } from '../../store/feed/entry.ts'
import type { SeriesName } from '../../store/readings/series-name.ts'
import type { SiteState, Target, TargetKind, TargetOptions } from '../target.ts'
import { connect, inTransaction } from './connection.ts'
import { loadSite } from './load-site.ts'
import { makeSchema } from './make-schema.ts'
import { merged } from './merge.ts'
import { createMonth, isPartitioned, monthsOf } from './partitions.ts'
import { occupied, siteRow } from './site.ts'
import { storeOthers } from './store-others.ts'

/** PostgreSQL 14 or later, with TimescaleDB where it is installed: one database for many sites. */
export const postgres: TargetKind = {
  schemes: ['postgres', 'postgresql'],
  create: async (options) => createPostgres(options),
  load: loadSite,
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

  /** Stores something of the site in one transaction. @param store gets the last number that is stored, and gives the new one */
  async function write(store: (stored: number) => Promise<number>): Promise<void> {
    try {
      await inTransaction(connected(), async () => {
        const seq = await store(await lockSite())
        await connected().query('UPDATE hearthwatch.site SET seq = $2, updated = now() WHERE site = $1', [site, seq])
      })
    } catch (error) {
      // Those of this transaction are rolled back.
      series.clear()
      months.clear()
      throw error
    }
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
      await write(async (stored) => {
        const rows = given.filter(({ seq }) => seq > stored)
        for (const part of merged(rows)) {
          for (const deleted of part.deleted) await remove(deleted)
          await storeReadings(part.readings)
          await storeOthers(connected(), { site, instance }, part)
        }
        return Math.max(stored, rows.at(-1)?.seq ?? 0)
      })
    },

    async sendPast(entry): Promise<void> {
      await write(async (stored) => {
        await storeReadings(entry.readings ?? [])
        await storeOthers(connected(), { site, instance }, entry)
        return stored
      })
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
