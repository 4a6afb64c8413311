import type { Database } from 'better-sqlite3'

/** A password, salted and hashed. */
export interface PasswordHash {
  salt: Buffer
  hash: Buffer
}

export type Passwords = ReturnType<typeof storePassword>

/** The password of the page at the last start, to detect that it has been changed. */
export function storePassword(db: Database) {
  const find = db.prepare<[], PasswordHash>('SELECT salt, hash FROM password')
  const replace = db.prepare<[PasswordHash]>('INSERT OR REPLACE INTO password VALUES (1, :salt, :hash)')
  return {
    get: (): PasswordHash | undefined => find.get(),
    put: (password: PasswordHash): void => void replace.run(password),
  }
}
