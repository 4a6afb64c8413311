import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { makeFolder, makePrivate } from '../index.ts'

describe('Files with readings and secrets', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'private-'))
  })
  after(() => rmSync(folder, { recursive: true }))
  const mode = (file: string) => (statSync(join(folder, file)).mode & 0o777).toString(8)

  it('a new folder and a new file belong to this user alone', () => {
    makeFolder(join(folder, 'data', 'outbox'))
    makePrivate(join(folder, 'data', 'house.db'))
    assert.deepEqual([mode('data'), mode('data/outbox'), mode('data/house.db')], ['700', '700', '600'])
  })

  it('files that others could read become private, and keep their content', () => {
    for (const name of ['old.db', 'old.db-wal']) {
      writeFileSync(join(folder, name), 'content')
      chmodSync(join(folder, name), 0o644)
    }
    makePrivate(join(folder, 'old.db'))
    assert.deepEqual([mode('old.db'), mode('old.db-wal'), statSync(join(folder, 'old.db')).size], ['600', '600', 7])
  })
})
