import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import Type from 'typebox'
import { readSettings, SettingsError } from '../index.ts'
import { problems, schema } from './example.ts'
import { settingsFolder } from './settings-files.ts'

const { file, path } = settingsFolder()

describe('a secret', () => {
  it('a secret is read from the file that NAME_FILE names, without its line end', async () => {
    for (const [i, text] of ['pass word', 'pass word\n', 'pass word\r\n', '\uFEFFpass word'].entries()) {
      const PASSWORD_FILE = await file(`secret-${i}`, text)
      assert.equal(readSettings(schema, { ROOM: 'a', PASSWORD_FILE }, []).PASSWORD, 'pass word')
    }
  })

  it('only the last line end of a secret file is removed, spaces stay', async () => {
    assert.equal(readSettings(schema, { ROOM: 'a', PASSWORD_FILE: await file('spaces', ' a\n\n') }, []).PASSWORD, ' a\n')
  })

  it('NAME takes precedence over NAME_FILE, and the environment over a file', async () => {
    const PASSWORD_FILE = await file('from-file', 'by file')
    assert.equal(readSettings(schema, { ROOM: 'a', PASSWORD: 'by name', PASSWORD_FILE }, []).PASSWORD, 'by name')
    const env = await file('old.env', 'PASSWORD=old')
    assert.equal(readSettings(schema, { ROOM: 'a', PASSWORD_FILE }, [env]).PASSWORD, 'by file')
    const named = await file('named.env', `ROOM=a\nPASSWORD_FILE=${PASSWORD_FILE}`)
    assert.equal(readSettings(schema, {}, [named]).PASSWORD, 'by file')
  })

  it('a missing or empty secret file stops the start', async () => {
    const PASSWORD_FILE = path('none')
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

  it('an error message never contains a secret', async () => {
    const TOKEN_FILE = await file('short', 's3cret')
    for (const env of [{ TOKEN: 's3cret' }, { TOKEN_FILE }, { TOKEN: 's3cret', PORT: 'x', LIMIT: 'y' }]) {
      assert.throws(
        () => readSettings(schema, env, []),
        (error) => error instanceof SettingsError && !error.message.includes('s3cret'),
      )
    }
  })

  it('an error message never contains the password of an address', () => {
    assert.deepEqual(problems({ ROOM: 'a', URL: 'http://anna:s3c/r@t@broker' }), [
      'URL must be mqtt:// or mqtts:// and the broker (it is "http://…@broker")',
    ])
  })

  it('NAME_FILE is ignored for a setting that is not a secret', async () => {
    assert.deepEqual(problems({ ROOM_FILE: await file('room', 'kitchen') }), ['ROOM is missing (the name of a room)'])
  })
})
