import type { Database } from 'better-sqlite3'

export type Sessions = ReturnType<typeof storeSessions>

/** Logins of the page. Only hashes of the cookies' tokens are stored, so that a stolen backup gives no access. */
export function storeSessions(db: Database) {
  const insert = db.prepare<[Buffer, number]>('INSERT INTO session (hash, expires) VALUES (?, ?)')
  const find = db.prepare<[Buffer, number], number>('SELECT 1 FROM session WHERE hash = ? AND expires > ?').pluck()
  const remove = db.prepare<[Buffer]>('DELETE FROM session WHERE hash = ?')
  const removeExpired = db.prepare<[number]>('DELETE FROM session WHERE expires <= ?')

  return {
    /** @param expires ms */
    add: (hash: Buffer, expires: number) => void insert.run(hash, expires),
    isValid: (hash: Buffer, now: number) => find.get(hash, now) !== undefined,
    remove: (hash: Buffer) => void remove.run(hash),
    removeExpired: (now: number) => void removeExpired.run(now),
  }
}
