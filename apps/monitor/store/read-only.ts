import Database from 'better-sqlite3'
import { DatabaseError } from './file/open.ts'
import { versions } from './file/schema.ts'
import { storeLabels } from './labels.ts'
import { namesOf } from './names.ts'
import { type Readings, storeReadings } from './readings/readings.ts'

export interface ReadOnly {
  readonly readings: Pick<Readings, 'names' | 'each' | 'damaged'>
  /** The name of a room for people. */
  nameOf(room: string): string
  /** The room with this name in MQTT, else the one with this name for people. */
  roomOf(name: string): string
  close(): void
}

/**
 * Opens the readings of a database read-only; a monitor may use it at the same time.
 * @throws DatabaseError if it cannot be opened, with a message for the user
 */
export function openReadings(file: string): ReadOnly {
  let db: Database.Database
  try {
    db = new Database(file, { readonly: true, fileMustExist: true })
    db.pragma('busy_timeout = 5000')
    const version = db.pragma('user_version', { simple: true })
    if (version === versions.length) return readOnly(db)
  } catch (error) {
    if (!(error instanceof Database.SqliteError) && !(error instanceof TypeError)) throw error
    throw new DatabaseError(`${file} cannot be read (${error.message}). Check DATABASE_FILE.`)
  }
  db.close()
  throw new DatabaseError(`${file} has the schema of another version. Start the monitor once to upgrade it.`)
}

function readOnly(db: Database.Database): ReadOnly {
  const readings = storeReadings(db)
  const labels = storeLabels(db)
  return {
    readings,
    nameOf: namesOf({ labels, rules: { get: () => undefined } }).room,
    roomOf(name) {
      const isRoom = readings.names({ room: name }).length > 0
      return isRoom ? name : (labels.all().find((label) => label.name === name)?.room ?? name)
    },
    close: () => void db.close(),
  }
}
