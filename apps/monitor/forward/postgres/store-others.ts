import type { ClientBase } from 'pg'
import type { FeedEntry } from '../../store/feed/entry.ts'
import type { TargetOptions } from '../target.ts'

/** Writes all that is no reading; a row that is there is replaced. Within a transaction. */
export async function storeOthers(
  client: ClientBase,
  { site, instance }: Pick<TargetOptions, 'site' | 'instance'>,
  { alerts = [], dropped = [], gaps = [], epochs = [], devices = [], removedDevices = [], isWhole, tables = {} }: Partial<FeedEntry>,
): Promise<void> {
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
  if (isWhole)
    await client.query('DELETE FROM hearthwatch.device WHERE site = $1 AND key <> ALL($2)', [site, devices.map(({ key }) => key)])
  if (removedDevices.length > 0)
    await client.query('DELETE FROM hearthwatch.device WHERE site = $1 AND key = ANY($2)', [site, removedDevices])
  await run(
    `INSERT INTO hearthwatch.device (site, key, room, info, described, detail)
     SELECT $1, a->>'key', a->>'room', (a->>'info')::jsonb, (a->>'described')::jsonb, a - '{key,room,info,described}'::text[]
     FROM jsonb_array_elements($2::jsonb) AS a
     ON CONFLICT (site, key) DO UPDATE SET room = excluded.room, info = excluded.info, described = excluded.described, detail = excluded.detail`,
    devices,
  )
  for (const [name, rows] of Object.entries(tables))
    await client.query(
      'INSERT INTO hearthwatch.state (site, name, rows) VALUES ($1, $2, $3) ON CONFLICT (site, name) DO UPDATE SET rows = excluded.rows',
      [site, name, JSON.stringify(rows)],
    )
}
