import Database from 'better-sqlite3'
import { DatabaseError } from './file/open.ts'
import { versions } from './file/schema.ts'
import { type Readings, storeReadings } from './readings/readings.ts'

export interface ReadOnly {
  readonly readings: Pick<Readings, 'names' | 'each' | 'damaged'>
  close(): void
}

/**
 * Opens the readings of a database to be read, whether or not a monitor uses it.
 * @throws DatabaseError if it cannot be, in words for people
 */
export function openReadings(file: string): ReadOnly {
  let db: Database.Database
  try {
    db = new Database(file, { readonly: true, fileMustExist: true })
    db.pragma('busy_timeout = 5000')
    const version = db.pragma('user_version', { simple: true })
    if (version === versions.length) return { readings: storeReadings(db), close: () => void db.close() }
  } catch (error) {
    if (!(error instanceof Database.SqliteError) && !(error instanceof TypeError)) throw error
    throw new DatabaseError(`${file} cannot be read (${error.message}). DATABASE_FILE says which file it is.`)
  }
  db.close()
  throw new DatabaseError(`${file} is of another version than this program: start the monitor once, which brings it up to date.`)
}
