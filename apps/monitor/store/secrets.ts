import { randomBytes } from 'node:crypto'
import type { Database } from 'better-sqlite3'

export type Secrets = ReturnType<typeof storeSecrets>

/** Random keys, stored in the database. */
export function storeSecrets(db: Database) {
  const find = db.prepare<[string], Buffer>('SELECT value FROM secret WHERE name = ?').pluck()
  const insert = db.prepare<[string, Buffer]>('INSERT INTO secret VALUES (?, ?)')

  return {
    /** The key of this name, 32 bytes; created at the first call. */
    key(name: string): Buffer {
      const known = find.get(name)
      if (known) return known
      const made = randomBytes(32)
      insert.run(name, made)
      return made
    },
  }
}
