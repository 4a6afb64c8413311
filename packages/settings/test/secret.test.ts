import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import Type from 'typebox'
import { readSettings, SettingsError } from '../index.ts'
import { problems, schema } from './example.ts'

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'settings-'))
})
after(() => rm(folder, { recursive: true }))

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text)
  return join(folder, name)
}

describe('a secret', () => {
  it('may stand in a file that NAME_FILE names, with a line end behind it', async () => {
    for (const [i, text] of ['pass word', 'pass word\n', 'pass word\r\n', '\uFEFFpass word'].entries()) {
      const PASSWORD_FILE = await file(`secret-${i}`, text)
      assert.equal(readSettings(schema, { ROOM: 'a', PASSWORD_FILE }, []).PASSWORD, 'pass word')
    }
  })

  it('keeps all but the last line end, spaces too', async () => {
    assert.equal(readSettings(schema, { ROOM: 'a', PASSWORD_FILE: await file('spaces', ' a\n\n') }, []).PASSWORD, ' a\n')
  })

  it('is taken from NAME before NAME_FILE, but from the environment before a file', async () => {
    const PASSWORD_FILE = await file('from-file', 'by file')
    assert.equal(readSettings(schema, { ROOM: 'a', PASSWORD: 'by name', PASSWORD_FILE }, []).PASSWORD, 'by name')
    const env = await file('old.env', 'PASSWORD=old')
    assert.equal(readSettings(schema, { ROOM: 'a', PASSWORD_FILE }, [env]).PASSWORD, 'by file')
    const named = await file('named.env', `ROOM=a\nPASSWORD_FILE=${PASSWORD_FILE}`)
    assert.equal(readSettings(schema, {}, [named]).PASSWORD, 'by file')
  })

  it('stops the start where its file is missing or empty: nothing goes on without it', async () => {
    const PASSWORD_FILE = join(folder, 'none')
    assert.match(problems({ ROOM: 'a', PASSWORD_FILE })[0] ?? '', /^PASSWORD_FILE cannot be read: ENOENT/)
    const TOKEN_FILE = await file('empty', '\n')
    assert.deepEqual(problems({ ROOM: 'a', PASSWORD_FILE, TOKEN_FILE }).length, 2)
    assert.deepEqual(problems({ ROOM: 'a', TOKEN_FILE }), [`TOKEN_FILE names an empty file: ${TOKEN_FILE}`])
    const needed = Type.Object({ KEY: Type.String({ secret: true }) })
    assert.throws(
      () => readSettings(needed, { KEY_FILE: TOKEN_FILE }, []),
      (error) => error instanceof SettingsError && error.problems.length === 1,
    )
  })

  it('is never shown, wherever it stands', async () => {
    const TOKEN_FILE = await file('short', 's3cret')
    for (const env of [{ TOKEN: 's3cret' }, { TOKEN_FILE }, { TOKEN: 's3cret', PORT: 'x', LIMIT: 'y' }]) {
      assert.throws(
        () => readSettings(schema, env, []),
        (error) => error instanceof SettingsError && !error.message.includes('s3cret'),
      )
    }
  })

  it('is not shown as part of an address either', () => {
    assert.deepEqual(problems({ ROOM: 'a', URL: 'http://anna:s3c/r@t@broker' }), [
      'URL must be mqtt:// or mqtts:// and the broker (it is "http://…@broker")',
    ])
  })

  it('is the only kind of setting that NAME_FILE gives', async () => {
    assert.deepEqual(problems({ ROOM_FILE: await file('room', 'kitchen') }), ['ROOM is missing (the name of a room)'])
  })
})
