import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import Database from 'better-sqlite3'
import { DatabaseError, openDatabase } from '../store/database.ts'

describe('A database that cannot be used', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'database-'))
  })
  after(() => rmSync(folder, { recursive: true }))

  function refused(name: string, why: RegExp): void {
    const file = join(folder, name)
    assert.throws(
      () => openDatabase(file),
      (error) => error instanceof DatabaseError && error.message.startsWith(file) && why.test(error.message),
    )
  }
  function make(name: string, sql: string): void {
    new Database(join(folder, name)).exec(sql).close()
  }

  it('is one that is no database, or a damaged one: it is to be moved away', () => {
    writeFileSync(join(folder, 'noise.db'), 'noise '.repeat(1000))
    refused('noise.db', /damaged.*Move it away/)
  })

  it('is a folder, or what this user may not write to', () => {
    mkdirSync(join(folder, 'folder.db'))
    refused('folder.db', /may this user write/)
  })

  it('is another program’s', () => {
    make('other.db', 'CREATE TABLE reading (x)')
    refused('other.db', /is it the monitor's database/)
  })

  it('is one of a newer version', () => {
    make('newer.db', 'PRAGMA user_version = 1000')
    refused('newer.db', /newer Hearthwatch/)
  })

  it('is one that another monitor has', () => {
    const db = openDatabase(join(folder, 'taken.db'))
    assert.throws(() => openDatabase(join(folder, 'taken.db')), /Another monitor already uses .*taken\.db/)
    db.close()
  })
})
