import { randomBytes } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Log } from '@hearthwatch/log'

/** The outbox cannot be opened, for a reason that a person has to remove. The message is for them. */
export class OutboxUnusable extends Error {
  override readonly name = 'OutboxUnusable'
}

/** SQLite's result codes (https://sqlite.org/rescode.html). */
const codes = { busy: 5, locked: 6, memory: 7, readOnly: 8, io: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 }
const damages: unknown[] = [codes.corrupt, codes.notADatabase]
const troubles: unknown[] = [
  codes.busy,
  codes.locked,
  codes.memory,
  codes.readOnly,
  codes.io,
  codes.full,
  codes.cannotOpen,
  'ENOSPC',
  'EDQUOT',
  'EIO',
]
const version = 1

// Small pages: a commit writes whole ones, and a row is about sixty bytes. No index, for it would double what is written.
const schema = `
  CREATE TABLE state (
    one INTEGER PRIMARY KEY CHECK (one = 1), epoch TEXT NOT NULL, cursor INTEGER NOT NULL, high INTEGER NOT NULL, dropped INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE rows (
    seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, quality INTEGER NOT NULL, boot INTEGER NOT NULL, uptime INTEGER NOT NULL,
    readings TEXT NOT NULL
  ) STRICT;
  CREATE TABLE quarantine (epoch TEXT NOT NULL, seq INTEGER NOT NULL, time INTEGER NOT NULL, readings TEXT NOT NULL) STRICT;
  PRAGMA user_version = ${version};`

export type Sync = 'full' | 'normal'

/**
 * Opens the database of an outbox, for this process alone; makes it where there is none. A damaged one is moved aside
 * and a new one begun.
 * @throws OutboxUnusable where another process has it or the folder cannot be used; SQLite's error for a full disk
 */
export function openFile(file: string, sync: Sync, log: Log): DatabaseSync {
  if (file !== ':memory:') prepareFolder(file)
  try {
    return openSound(file, sync)
  } catch (error) {
    if (isDamage(error)) {
      const aside = setAside(file)
      log.error('THE OUTBOX IS DAMAGED: readings that were not sent yet are lost; a new one is begun', { error, kept: aside })
      return openSound(file, sync)
    }
    if (codeOf(error) === codes.busy) throw new OutboxUnusable(`another sensor uses this outbox: ${file}`)
    if (codeOf(error) === codes.readOnly) throw new OutboxUnusable(`the outbox cannot be written: ${file}`)
    throw error
  }
}

function prepareFolder(file: string): void {
  try {
    makeFolder(dirname(file))
    accessSync(dirname(file), constants.W_OK)
  } catch (error) {
    if (isTrouble(error)) throw error
    throw new OutboxUnusable(`the outbox's folder cannot be used: ${(error as Error).message}`)
  }
}

/** Folder by folder: asked for the whole path at once, Node tries for ever where there is no place for a folder (`/proc`). */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  try {
    mkdirSync(folder)
  } catch (error) {
    // Somebody else has made it just now.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** Whether the file itself is broken, not the disk that it lies on. */
export function isDamage(error: unknown): boolean {
  return error instanceof Damaged || damages.includes(codeOf(error))
}

/** Whether SQLite could not do what it was asked for: a full disk, a card that does not answer. */
export function isTrouble(error: unknown): boolean {
  return troubles.includes(codeOf(error)) || troubles.includes((error as NodeJS.ErrnoException).code)
}

class Damaged extends Error {}

function openSound(file: string, sync: Sync): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 1000 })
  try {
    // Exclusive before WAL: then there is no shared memory file, and a second process is refused.
    database.exec(`PRAGMA page_size = 1024; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;
      PRAGMA synchronous = ${sync}; PRAGMA journal_size_limit = 4194304; BEGIN IMMEDIATE; COMMIT;`)
    const found = database.prepare('PRAGMA user_version').get()?.user_version
    if (found === 0) begin(database)
    else if (found !== version) throw new OutboxUnusable(`the outbox was made by a newer version of this program: ${file}`)
    const said = database.prepare('PRAGMA quick_check(1)').get()?.quick_check
    if (said !== 'ok') throw new Damaged(String(said))
    // A page of zeros may pass the check where nothing points to it.
    if (database.prepare('SELECT count(*) AS states FROM state').get()?.states !== 1) throw new Damaged('it does not know its epoch')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function begin(database: DatabaseSync): void {
  database.exec(`BEGIN; ${schema}`)
  database.prepare('INSERT INTO state VALUES (1, ?, 0, 0, 0)').run(newEpoch())
  database.exec('COMMIT')
}

export function newEpoch(): string {
  return randomBytes(8).toString('hex')
}

/** The last damaged one is kept, for who wants to save something. */
function setAside(file: string): string {
  const aside = `${file}.damaged`
  for (const part of ['', '-wal']) {
    rmSync(aside + part, { force: true })
    try {
      renameSync(file + part, aside + part)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  return aside
}

function codeOf(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | null)?.errcode
  // The lower byte is the kind, the others the details.
  return typeof code === 'number' ? code & 0xff : undefined
}
