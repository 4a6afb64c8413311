import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { copyDatabase } from './snapshot.ts'

/** Text that identifies a reading: `temperature 1764000000050 21.375`. */
export type Key = string

/** SQLite's error codes for a corrupt database, and for a file that is no database. */
const corrupt = [11, 26]

const keyOf = (quantity: string, time: number, value: number): Key => `${quantity} ${time} ${value}`

/** Time of a reading, ms since the epoch. */
export const timeOf = (key: Key): number => Number(key.split(' ')[1])

/** The readings that a sensor has logged after each commit of its outbox, in order. */
export function readTaken(file: string): Key[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  // An incomplete last line was being written when the process was killed; its row is in the outbox.
  return lines.slice(0, -1).flatMap((line) => {
    const [, time, ...values] = line.split(' ')
    return keysOf(Number(time), values.join(' '))
  })
}

/** The readings in an outbox. Its sensor must be stopped or frozen. */
export function readOutbox(file: string): Key[] {
  return fromCopy(file, (database) =>
    database
      .prepare('SELECT time, readings FROM rows WHERE quality <> 0 ORDER BY seq')
      .all()
      .flatMap(({ time, readings }) => keysOf(Number(time), String(readings))),
  )
}

/** The unacknowledged readings in an outbox, and its count of lost rows. Its sensor must be stopped or frozen. */
export function readWaiting(file: string): { waiting: Key[]; dropped: number } {
  const [found = { waiting: [], dropped: 0 }] = fromCopy(file, (database) => {
    const state = database.prepare('SELECT cursor, dropped FROM state').get()
    const rows = database.prepare('SELECT time, readings FROM rows WHERE quality <> 0 AND seq > ?').all(Number(state?.cursor))
    return [{ waiting: rows.flatMap(({ time, readings }) => keysOf(Number(time), String(readings))), dropped: Number(state?.dropped) }]
  })
  return found
}

/** The stored readings of each room in the order of their times, read through the public view. */
export function readStored(file: string): Map<string, Key[]> {
  const rooms = new Map<string, Key[]>()
  if (!existsSync(file)) return rooms
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 })
  try {
    const known = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'view' AND name = 'readings'").get()
    if (known === undefined) return rooms
    for (const row of database.prepare('SELECT room, quantity, time, value FROM readings ORDER BY time').iterate()) {
      const { room, quantity, time, value } = row as { room: string; quantity: string; time: number; value: number }
      const key = keyOf(quantity, time, value)
      const keys = rooms.get(room)
      if (keys) keys.push(key)
      else rooms.set(room, [key])
    }
    return rooms
  } catch (error) {
    // The test itself corrupts databases; the monitor moves them aside when it starts.
    if (!corrupt.includes((error as { errcode?: number }).errcode ?? 0)) throw error
    return new Map()
  } finally {
    database.close()
  }
}

/** Reads a copy of the database, while the monitor is stopped, without opening the original. */
export function readStoredCopy(file: string): Map<string, Key[]> {
  const folder = mkdtempSync(join(tmpdir(), 'history-'))
  try {
    copyDatabase(file, folder)
    return readStored(join(folder, basename(file)))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function keysOf(time: number, values: string): Key[] {
  return Object.entries(JSON.parse(values) as Record<string, number>).map(([quantity, value]) => keyOf(quantity, time, value))
}

function fromCopy<T>(file: string, read: (database: DatabaseSync) => T[]): T[] {
  if (!existsSync(file)) return []
  const folder = mkdtempSync(join(tmpdir(), 'history-'))
  try {
    copyDatabase(file, folder)
    const database = new DatabaseSync(join(folder, basename(file)))
    try {
      const known = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'rows'").get()
      return known === undefined ? [] : read(database)
    } finally {
      database.close()
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
