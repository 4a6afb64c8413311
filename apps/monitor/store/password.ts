import type { Database } from 'better-sqlite3'

/** A password, salted and hashed. */
export interface PasswordHash {
  salt: Buffer
  hash: Buffer
}

export type Passwords = ReturnType<typeof storePassword>

/** Their ids in the table. */
const ids = { owner: 1, reader: 2 }
export type Whose = keyof typeof ids

/** The passwords of the page at the last start, to detect that one has been changed. */
export function storePassword(db: Database) {
  const find = db.prepare<[number], PasswordHash>('SELECT salt, hash FROM password WHERE id = ?')
  const replace = db.prepare<[PasswordHash & { id: number }]>('INSERT OR REPLACE INTO password VALUES (:id, :salt, :hash)')
  return {
    get: (whose: Whose): PasswordHash | undefined => find.get(ids[whose]),
    put: (whose: Whose, password: PasswordHash): void => void replace.run({ id: ids[whose], ...password }),
  }
}
