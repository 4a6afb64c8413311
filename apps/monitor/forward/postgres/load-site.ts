import { setTimeout as delay } from 'node:timers/promises'
import type { ClientBase } from 'pg'
import type { AdoptedState } from '../../store/adopt.ts'
import type { FedDevice, FeedEntry } from '../../store/feed/entry.ts'
import type { TargetOptions } from '../target.ts'
import { connect, inTransaction } from './connection.ts'
import { occupied, type SiteRow, siteRow } from './site.ts'

/**
 * Reads the site, and makes this database its source from now on. Waits while the former monitor may still be alive.
 * @throws Error if it is alive
 */
export async function loadSite(options: TargetOptions): Promise<AdoptedState | null> {
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

async function adopt(client: ClientBase, { site, instance }: TargetOptions): Promise<AdoptedState | null> {
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
  const devices = await all<Pick<FedDevice, 'key' | 'room' | 'info' | 'described'> & { detail: Omit<FedDevice, 'key'> }>(
    'SELECT key, room, info::text AS info, described::text AS described, detail FROM hearthwatch.device WHERE site = $1 AND detail IS NOT NULL',
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
    devices: devices.map(({ detail, ...device }) => ({ ...detail, ...device })),
    tables: Object.fromEntries(tables.map(({ name, rows }) => [name, rows])),
    last: last.map(({ room, quantity, device, time }) => ({ series: { room, quantity, device: device || null }, time: Number(time) })),
  }
}

/** bigint comes as text. */
const numbered = <K extends string>(row: Record<K, string | number>) =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)])) as Record<K, number>
