import type { Database } from 'better-sqlite3'

/** A channel that a person made on the page. */
export interface StoredChannel {
  name: string
  kind: string
  /** The values of its form by field, secrets included. */
  fields: Readonly<Record<string, string>>
  /** ms: since when it gets no messages; null: it gets them. */
  muted: number | null
}

type Row = Omit<StoredChannel, 'fields'> & { fields: string }

export type StoredChannels = ReturnType<typeof storeChannels>

/** Channels of the page. Those of the settings are not stored. */
export function storeChannels(db: Database) {
  const all = db.prepare<[], Row>('SELECT * FROM channel ORDER BY name')
  const put = db.prepare<[Row]>('INSERT OR REPLACE INTO channel VALUES (:name, :kind, :fields, :muted)')
  const remove = db.prepare<[string]>('DELETE FROM channel WHERE name = ?')

  return {
    all: (): StoredChannel[] => all.all().map((row) => ({ ...row, fields: JSON.parse(row.fields) })),
    put: (channel: StoredChannel): void => void put.run({ ...channel, fields: JSON.stringify(channel.fields) }),
    remove: (name: string): void => void remove.run(name),
  }
}
