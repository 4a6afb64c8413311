import type { ClientBase } from 'pg'

const plain = `CREATE TABLE IF NOT EXISTS hearthwatch.reading (
  series int NOT NULL, time timestamptz NOT NULL, value double precision NOT NULL, PRIMARY KEY (series, time)
)`

/** Makes the table of the readings: a compressed hypertable where TimescaleDB is, else one with a partition a month. */
export async function createReadings(client: ClientBase): Promise<void> {
  const exists = await client.query<{ found: string | null }>("SELECT to_regclass('hearthwatch.reading') AS found")
  if (exists.rows[0]?.found !== null) return
  const timescale = await client.query("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'")
  if (timescale.rowCount === 0) {
    await client.query(`${plain} PARTITION BY RANGE (time)`)
    return
  }
  await client.query(plain)
  await client.query("SELECT create_hypertable('hearthwatch.reading', 'time', chunk_time_interval => interval '7 days')")
  await client.query("ALTER TABLE hearthwatch.reading SET (timescaledb.compress, timescaledb.compress_segmentby = 'series')")
  await client.query("SELECT add_compression_policy('hearthwatch.reading', interval '30 days')")
}

/** True if the readings have a partition a month. */
export async function isPartitioned(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ kind: string }>("SELECT relkind AS kind FROM pg_class WHERE oid = 'hearthwatch.reading'::regclass")
  return rows[0]?.kind === 'p'
}

/** The months of these times (ms), as `2026-11`; in UTC, so that every site means the same. */
export const monthsOf = (times: Iterable<number>): Set<string> => {
  const months = new Set<string>()
  for (const time of times) months.add(new Date(time).toISOString().slice(0, 7))
  return months
}

/** Makes the partition of a month. Several monitors may do it at the same time. */
export async function createMonth(client: ClientBase, month: string): Promise<void> {
  const [year = 0, number = 0] = month.split('-').map(Number)
  const next = new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 10)
  await client.query("SELECT pg_advisory_xact_lock(hashtext('hearthwatch.reading'))")
  await client.query(
    `CREATE TABLE IF NOT EXISTS hearthwatch.reading_${month.replace('-', '_')} PARTITION OF hearthwatch.reading
     FOR VALUES FROM ('${month}-01T00:00:00Z') TO ('${next}T00:00:00Z')`,
  )
}
