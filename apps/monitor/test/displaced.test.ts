import assert from 'node:assert/strict'
import { mkdtempSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { watchFiles } from '../store/displaced.ts'

describe('A file that is in use', () => {
  it('is missed when it was deleted, moved or replaced, and not when it grows or is read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'displaced-'))
    const files = ['deleted', 'moved', 'replaced', 'used'].map((name) => join(folder, name)) as [string, string, string, string]
    for (const file of files) writeFileSync(file, 'first')
    const watch = watchFiles(files)
    assert.deepEqual(watch.displaced(), [])
    unlinkSync(files[0])
    renameSync(files[1], join(folder, 'elsewhere'))
    renameSync(files[2], join(folder, 'kept'))
    writeFileSync(files[2], 'second')
    writeFileSync(files[3], 'more', { flag: 'a' })
    assert.deepEqual(watch.displaced(), files.slice(0, 3))
    watch.close()
    rmSync(folder, { recursive: true })
  })
})
