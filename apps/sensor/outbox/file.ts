import { randomBytes } from 'node:crypto'
import { accessSync, constants, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makeFolder, makePrivate } from '@hearthwatch/files'
import type { Log } from '@hearthwatch/log'

/** The outbox cannot be opened, for a reason that an operator has to fix. The message is for them. */
export class OutboxUnusable extends Error {
  override readonly name = 'OutboxUnusable'
}

/** SQLite's result codes (https://sqlite.org/rescode.html). */
const codes = { busy: 5, locked: 6, memory: 7, readOnly: 8, io: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 }
const damageCodes: unknown[] = [codes.corrupt, codes.notADatabase]
const diskCodes: unknown[] = [
  codes.busy,
  codes.locked,
  codes.memory,
  codes.readOnly,
  codes.io,
  codes.full,
  codes.cannotOpen,
  'ENOSPC',
  'EDQUOT',
  'EROFS',
  'EIO',
]
const version = 1

// A commit writes whole pages and a row has about 60 bytes, so pages are small. An index would double the bytes written.
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
 * Opens or creates an outbox's database for this process alone. A damaged database is moved aside and replaced by an
 * empty one.
 * @throws OutboxUnusable if another process has it open or the folder cannot be used; SQLite's error for a full disk
 */
export function openFile(file: string, sync: Sync, log: Log): DatabaseSync {
  if (file !== ':memory:') prepareFolder(file)
  try {
    return openSound(file, sync)
  } catch (error) {
    if (isDamage(error)) {
      const aside = setAside(file)
      log.error('THE OUTBOX IS DAMAGED: its unsent readings are lost; continuing with an empty outbox', { error, kept: aside })
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
    if (isDiskError(error)) throw error
    throw new OutboxUnusable(`the outbox's folder cannot be used: ${(error as Error).message}`)
  }
}

/** True if the file itself is damaged; false if the disk below it fails. */
export function isDamage(error: unknown): boolean {
  return error instanceof Damaged || damageCodes.includes(codeOf(error))
}

/** True if the disk failed: it is full, read-only or does not respond. */
export function isDiskError(error: unknown): boolean {
  return diskCodes.includes(codeOf(error)) || diskCodes.includes((error as NodeJS.ErrnoException).code)
}

class Damaged extends Error {}

function openSound(file: string, sync: Sync): DatabaseSync {
  if (file !== ':memory:') makePrivate(file)
  const database = new DatabaseSync(file, { timeout: 1000 })
  try {
    // Exclusive locking before WAL: no shared memory file is needed, and a second process is refused.
    database.exec(`PRAGMA page_size = 1024; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;
      PRAGMA synchronous = ${sync}; PRAGMA journal_size_limit = 4194304; BEGIN IMMEDIATE; COMMIT;`)
    const found = database.prepare('PRAGMA user_version').get()?.user_version
    if (found === 0) initialise(database)
    else if (found !== version) throw new OutboxUnusable(`the outbox was made by a newer version of this program: ${file}`)
    const result = database.prepare('PRAGMA quick_check(1)').get()?.quick_check
    if (result !== 'ok') throw new Damaged(String(result))
    // quick_check does not notice a page of zeros that no other page points to.
    if (database.prepare('SELECT count(*) AS states FROM state').get()?.states !== 1) throw new Damaged('the epoch is missing')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function initialise(database: DatabaseSync): void {
  database.exec(`BEGIN; ${schema}`)
  database.prepare('INSERT INTO state VALUES (1, ?, 0, 0, 0)').run(newEpoch())
  database.exec('COMMIT')
}

export function newEpoch(): string {
  return randomBytes(8).toString('hex')
}

/** Moves a damaged outbox aside for data recovery, replacing an earlier one. @returns its new path */
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
  // The lower byte is SQLite's primary result code.
  return typeof code === 'number' ? code & 0xff : undefined
}
