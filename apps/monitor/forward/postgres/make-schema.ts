import { readFileSync } from 'node:fs'
import type { ClientBase } from 'pg'
import { createReadings } from './partitions.ts'

/** Version of the schema that this program makes; a newer one is not touched. */
const version = 1
const sqlOf = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')

/** @throws Error if a newer program has made the schema, or if this user may not */
export async function makeSchema(client: ClientBase): Promise<void> {
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
