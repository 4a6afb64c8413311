import type { Client, ClientBase } from 'pg'

/** ms */
const connectTimeout = 10_000
const statementTimeout = 60_000

/** @throws Error with the words of the server or of the network */
export async function connect(url: URL): Promise<Client> {
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
export async function inTransaction<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
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
