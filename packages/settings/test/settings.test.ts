import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import Type, { type Static } from 'typebox'
import { describeSettings, readSettings, SettingsError } from '../index.ts'

const schema = Type.Object({
  ROOM: Type.String({ pattern: '^[^/+#]+$', description: 'the name of a room' }),
  PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 8080, description: 'port of the page' }),
  INTERVAL: Type.Number({ exclusiveMinimum: 0, default: 10, description: 's between two readings' }),
  LIMIT: Type.Optional(Type.Number()),
  LANGUAGE: Type.Enum(['en', 'zh-TW'], { default: 'en' }),
  LEVEL: Type.Union([Type.Literal('info'), Type.Literal('debug')], { default: 'info' }),
  URL: Type.Optional(Type.String({ pattern: '^mqtts?://.+', description: 'mqtt:// or mqtts:// and the broker' })),
  PASSWORD: Type.Optional(Type.String({ secret: true, description: 'password at the broker' })),
  TOKEN: Type.Optional(Type.String({ secret: true, minLength: 8, description: 'a token of 8 characters' })),
})

const defaults = { PORT: 8080, INTERVAL: 10, LANGUAGE: 'en', LEVEL: 'info' }

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'settings-'))
})
after(() => rm(folder, { recursive: true }))

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text)
  return join(folder, name)
}

function problems(
  env: Record<string, string>,
  files: string[] = [],
  together?: (values: Partial<Static<typeof schema>>) => string[],
): readonly string[] {
  try {
    readSettings(schema, env, files, together)
  } catch (error) {
    if (error instanceof SettingsError) return error.problems
    throw error
  }
  return []
}

describe('settings', () => {
  it('come from the environment, as text, numbers and choices', () => {
    const env = {
      ROOM: '客廳',
      PORT: '0',
      INTERVAL: '0.05',
      LIMIT: '-1.5e1',
      LANGUAGE: 'zh-TW',
      LEVEL: 'debug',
      URL: 'mqtts://broker:8883',
    }
    assert.deepEqual(readSettings(schema, env, []), { ...env, PORT: 0, INTERVAL: 0.05, LIMIT: -15 })
  })

  it('have defaults', () => {
    assert.deepEqual(readSettings(schema, { ROOM: 'kitchen' }, []), { ...defaults, ROOM: 'kitchen' })
  })

  it('that are empty count as not set', () => {
    assert.deepEqual(readSettings(schema, { ROOM: 'kitchen', PORT: '', URL: '', PASSWORD: '', PASSWORD_FILE: '' }, []), {
      ...defaults,
      ROOM: 'kitchen',
    })
    assert.deepEqual(problems({ ROOM: '' }), ['ROOM is missing (the name of a room)'])
  })

  it('leave alone what they do not know', () => {
    assert.deepEqual(readSettings(schema, { ROOM: 'kitchen', PATH: '/bin', constructor: 'x' }, []), { ...defaults, ROOM: 'kitchen' })
  })
})

describe('what is wrong with the settings', () => {
  it('is told all at once, in one message for people', () => {
    const env = { PORT: '70000', INTERVAL: '0', LIMIT: 'warm', LANGUAGE: 'fr', LEVEL: 'loud', URL: 'http://x', TOKEN: 'short' }
    const expected = [
      'ROOM is missing (the name of a room)',
      'PORT must be a whole number from 0 to 65535 (it is "70000")',
      'INTERVAL must be a number, more than 0 (it is "0")',
      'LIMIT must be a number (it is "warm")',
      'LANGUAGE must be one of en, zh-TW (it is "fr")',
      'LEVEL must be one of info, debug (it is "loud")',
      'URL must be mqtt:// or mqtts:// and the broker (it is "http://x")',
      'TOKEN must be a token of 8 characters',
    ]
    assert.deepEqual(problems(env), expected)
    assert.throws(() => readSettings(schema, env, []), {
      name: 'SettingsError',
      message: `The settings are not right:\n${expected.map((line) => `  - ${line}`).join('\n')}`,
    })
  })

  it('is a number that only JavaScript takes for one', () => {
    for (const text of ['0x10', 'Infinity', 'NaN', '1e999', '1_000', '1,5', ' ', '5s', '0b1'])
      assert.equal(problems({ ROOM: 'a', LIMIT: text }).length, 1, text)
    for (const text of ['1.5', '-1']) assert.equal(problems({ ROOM: 'a', PORT: text }).length, 1, text)
    assert.equal(readSettings(schema, { ROOM: 'a', LIMIT: ' 5 ' }, []).LIMIT, 5)
  })

  it('may lie between settings that are each right, and that is told with the rest', () => {
    const together = ({ URL, PASSWORD }: { URL?: string; PASSWORD?: string }) => (PASSWORD && !URL ? ['PASSWORD needs a URL'] : [])
    assert.deepEqual(problems({ PORT: 'x', PASSWORD: 'p' }, [], together), [
      'ROOM is missing (the name of a room)',
      'PORT must be a whole number from 0 to 65535 (it is "x")',
      'PASSWORD needs a URL',
    ])
    assert.deepEqual(problems({ ROOM: 'a', URL: 'nonsense', PASSWORD: 'p' }, [], together).length, 2)
  })
})

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

describe('the help about settings', () => {
  it('has a line for each: meaning, choices, default, and whether it must be given', () => {
    assert.deepEqual(describeSettings(schema).split('\n'), [
      '  ROOM      the name of a room (required)',
      '  PORT      port of the page [8080]',
      '  INTERVAL  s between two readings [10]',
      '  LIMIT    ',
      '  LANGUAGE  (en, zh-TW) [en]',
      '  LEVEL     (info, debug) [info]',
      '  URL       mqtt:// or mqtts:// and the broker',
      '  PASSWORD  password at the broker',
      '  TOKEN     a token of 8 characters',
    ])
  })
})
