import type { Database } from 'better-sqlite3'

export type AnnouncedTopics = ReturnType<typeof storeAnnounced>

/** The retained topics by which the house was announced to Home Assistant. */
export function storeAnnounced(db: Database) {
  const all = db.prepare<[], string>('SELECT topic FROM announced').pluck()
  const insert = db.prepare<[string]>('INSERT OR IGNORE INTO announced VALUES (?)')
  const remove = db.prepare<[string]>('DELETE FROM announced WHERE topic = ?')

  return {
    all: (): ReadonlySet<string> => new Set(all.all()),
    add: (topic: string): void => void insert.run(topic),
    remove: (topic: string): void => void remove.run(topic),
  }
}
