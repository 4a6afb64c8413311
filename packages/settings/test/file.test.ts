import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { readSettings } from '../index.ts'
import { defaults, problems, schema } from './example.ts'
import { settingsFolder } from './settings-files.ts'

const { file, path } = settingsFolder()

describe('a settings file', () => {
  it('a settings file may contain NAME=value lines, comments and quotes', async () => {
    const env = await file('.env', `# the house\nROOM="living room" # by the stove\n\nexport PORT=81\nPASSWORD='a#b "c"'\n`)
    assert.deepEqual(readSettings(schema, {}, [env]), { ...defaults, ROOM: 'living room', PORT: 81, PASSWORD: 'a#b "c"' })
  })

  it('a settings file may have a byte order mark and Windows line endings', async () => {
    const env = await file('windows.env', '\uFEFFROOM=kitchen\r\nPORT=81\r\n')
    assert.deepEqual(readSettings(schema, {}, [env]), { ...defaults, ROOM: 'kitchen', PORT: 81 })
  })

  it('a non-empty variable of the environment takes precedence over the file', async () => {
    const env = await file('mixed.env', 'ROOM=kitchen\nPORT=81\nLIMIT=5')
    assert.deepEqual(readSettings(schema, { PORT: '82', LIMIT: '' }, [env]), { ...defaults, ROOM: 'kitchen', PORT: 82, LIMIT: 5 })
  })

  it('only the first file that exists is read', async () => {
    const first = await file('first.env', 'ROOM=first')
    const second = await file('second.env', 'ROOM=second\nPORT=82')
    const none = path('none.env')
    assert.deepEqual(readSettings(schema, {}, [none, first, second]), { ...defaults, ROOM: 'first' })
    assert.deepEqual(readSettings(schema, {}, [second, first]), { ...defaults, ROOM: 'second', PORT: 82 })
    assert.deepEqual(readSettings(schema, { ROOM: 'a' }, [none]), { ...defaults, ROOM: 'a' })
  })

  it('an unreadable file is reported together with the other problems', async () => {
    const unreadable = path('a-folder')
    await mkdir(unreadable)
    const [first, ...rest] = problems({ PORT: 'x' }, [unreadable])
    assert.match(first ?? '', /a-folder cannot be read: EISDIR/)
    assert.equal(rest.length, 2)
  })

  it('an invalid value in a file is reported like one in the environment', async () => {
    assert.deepEqual(problems({}, [await file('wrong.env', 'ROOM=a/b\nPORT=x')]), [
      'ROOM must be the name of a room (it is "a/b")',
      'PORT must be a whole number from 0 to 65535 (it is "x")',
    ])
  })
})
