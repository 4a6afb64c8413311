import type { ClientBase } from 'pg'

/** The refusal of a second monitor with one name. */
export const occupied = (site: string) => `another monitor forwards as the site ${site}: give each monitor its own SITE`

export interface SiteRow {
  instance: string
  seq: string
  complete: boolean
  /** ms since its monitor was heard of */
  age: number
}

/** Locks the row of the site for this transaction. */
export async function siteRow(client: ClientBase, site: string): Promise<SiteRow | undefined> {
  const { rows } = await client.query<SiteRow>(
    `SELECT instance, seq, complete, extract(epoch FROM clock_timestamp() - updated)::float8 * 1000 AS age FROM hearthwatch.site WHERE site = $1 FOR UPDATE`,
    [site],
  )
  return rows[0]
}
