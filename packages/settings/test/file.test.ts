import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { readSettings } from '../index.ts'
import { defaults, problems, schema } from './example.ts'

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'settings-'))
})
after(() => rm(folder, { recursive: true }))

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text)
  return join(folder, name)
}

describe('a file of settings', () => {
  it('has NAME=value lines, comments and quotes', async () => {
    const env = await file('.env', `# the house\nROOM="living room" # by the stove\n\nexport PORT=81\nPASSWORD='a#b "c"'\n`)
    assert.deepEqual(readSettings(schema, {}, [env]), { ...defaults, ROOM: 'living room', PORT: 81, PASSWORD: 'a#b "c"' })
  })

  it('may come from Windows', async () => {
    const env = await file('windows.env', '\uFEFFROOM=kitchen\r\nPORT=81\r\n')
    assert.deepEqual(readSettings(schema, {}, [env]), { ...defaults, ROOM: 'kitchen', PORT: 81 })
  })

  it('gives way to the environment, variable by variable, unless that is empty', async () => {
    const env = await file('mixed.env', 'ROOM=kitchen\nPORT=81\nLIMIT=5')
    assert.deepEqual(readSettings(schema, { PORT: '82', LIMIT: '' }, [env]), { ...defaults, ROOM: 'kitchen', PORT: 82, LIMIT: 5 })
  })

  it('is the first that exists, and the others are not read', async () => {
    const first = await file('first.env', 'ROOM=first')
    const second = await file('second.env', 'ROOM=second\nPORT=82')
    const none = join(folder, 'none.env')
    assert.deepEqual(readSettings(schema, {}, [none, first, second]), { ...defaults, ROOM: 'first' })
    assert.deepEqual(readSettings(schema, {}, [second, first]), { ...defaults, ROOM: 'second', PORT: 82 })
    assert.deepEqual(readSettings(schema, { ROOM: 'a' }, [none]), { ...defaults, ROOM: 'a' })
  })

  it('that is there but cannot be read is told with the other problems', async () => {
    const path = join(folder, 'a-folder')
    await mkdir(path)
    const [first, ...rest] = problems({ PORT: 'x' }, [path])
    assert.match(first ?? '', /a-folder cannot be read: EISDIR/)
    assert.equal(rest.length, 2)
  })

  it('may give a wrong value, which is told like any other', async () => {
    assert.deepEqual(problems({}, [await file('wrong.env', 'ROOM=a/b\nPORT=x')]), [
      'ROOM must be the name of a room (it is "a/b")',
      'PORT must be a whole number from 0 to 65535 (it is "x")',
    ])
  })
})
