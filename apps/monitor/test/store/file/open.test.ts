import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { openDatabase } from '../../../store/file/open.ts'
import { openStore } from '../../../store/store.ts'

const isRoot = process.getuid?.() === 0

describe('A database on a full disk', { skip: isRoot ? false : 'a disk of its own can only be mounted by root' }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'full-'))
  const file = join(folder, 'house.db')
  before(() => {
    mkdirSync(folder, { recursive: true })
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder])
  })
  after(() => {
    execFileSync('umount', ['--lazy', folder])
    rmSync(folder, { recursive: true, force: true })
  })

  it('can be opened, because a reserve file is deleted first', () => {
    const store = openStore(file)
    store.transaction(() =>
      store.readings.addPlain({ room: 'kitchen', quantity: 'temperature', device: null }, 21, 1_790_000_000_000, false),
    )
    store.close()
    assert.ok(existsSync(`${file}-ballast`))
    for (let size = 1_048_576; size >= 1; size /= 2) {
      try {
        for (;;) writeFileSync(join(folder, 'filler'), Buffer.alloc(size), { flag: 'a' })
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC')
      }
    }
    assert.equal(statfsSync(folder).bavail, 0)
    const db = openDatabase(file)
    assert.equal(db.prepare('SELECT count(*) FROM readings').pluck().get(), 1)
    db.close()
  })
})
