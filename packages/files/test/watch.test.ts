import assert from 'node:assert/strict'
import { mkdtempSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { watchFile } from '../watch.ts'

describe('a watched file', () => {
  it('counts as replaced after it was deleted, moved or replaced, but not after it grew', () => {
    const folder = mkdtempSync(join(tmpdir(), 'watch-'))
    const files = ['deleted', 'moved', 'replaced', 'used'].map((name) => join(folder, name)) as [string, string, string, string]
    for (const file of files) writeFileSync(file, 'first')
    const watches = files.map(watchFile)
    const replaced = () => watches.filter(({ isReplaced }) => isReplaced).map(({ file }) => file)
    assert.deepEqual(replaced(), [])
    unlinkSync(files[0])
    renameSync(files[1], join(folder, 'elsewhere'))
    renameSync(files[2], join(folder, 'kept'))
    writeFileSync(files[2], 'second')
    writeFileSync(files[3], 'more', { flag: 'a' })
    assert.deepEqual(replaced(), files.slice(0, 3))
    for (const watch of watches) watch.close()
    rmSync(folder, { recursive: true })
  })
})
