import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseEnvFile, readSettings } from '../index.ts'
import { problems, schema } from './example.ts'
import { settingsFolder } from './settings-files.ts'

const { file } = settingsFolder()

describe('An env file', () => {
  // The values that Docker Compose reads from each line (compose-go, dotenv/parser.go).
  const values: [line: string, value: string | undefined][] = [
    ['A=abc#def', 'abc#def'],
    ['A=abc #def', 'abc'],
    ['A=#abc', '#abc'],
    ['A=a b', 'a b'],
    ['A = abc ', 'abc'],
    ['A=', ''],
    ['A=""', ''],
    ["A='abc#def' # comment", 'abc#def'],
    ['A="abc #def"', 'abc #def'],
    [`A='a"b'`, 'a"b'],
    [`A="a'b"`, "a'b"],
    [`A='it\\'s'`, "it's"],
    ['A="a\\"b\\\\c\\nd\\te"', 'a"b\\c\nd\te'],
    ["A='a\\nb'", 'a\\nb'],
    ["A='a$b'", 'a$b'],
    ['A="a\\$b"', 'a$b'],
    ['A="first\nsecond"', 'first\nsecond'],
    ['export A=abc', 'abc'],
    ['A: abc', 'abc'],
    ['  A=abc', 'abc'],
    ['# A=abc', undefined],
    ['A', undefined],
    ['A=a=b', 'a=b'],
    ['A=客廳', '客廳'],
    ['A=a"b', 'a"b'],
  ]
  for (const [line, value] of values) {
    it(`with ${JSON.stringify(line)} has ${JSON.stringify(value)}, as for Docker Compose`, () => {
      for (const text of [line, `${line}\nB=1`, `\uFEFFC=1\r\n${line}\r\nB=1\r\n`]) {
        const { variables, problems } = parseEnvFile(text)
        assert.deepEqual([variables.A, problems], [value, []])
        if (text !== line) assert.equal(variables.B, '1')
      }
    })
  }

  it('that Docker Compose would read in another way is noted, without the value', () => {
    const notes = (text: string) => parseEnvFile(text).notes
    for (const line of ['A=s3$cret', 'A="s3$CRET"', 'A=$s3', 'A=#s3cret', 'A=`s3cret`'])
      assert.match(notes(`B=1\n${line}`)[0] ?? '', /^A \(line 2\)/, line)
    assert.match(notes('what is this\nB=1')[0] ?? '', /^line 1 is not NAME=value/)
    for (const line of ["A='s3$cret'", 'A="s3\\$cret"', 'A=abc#def', 'A=abc # def']) assert.deepEqual(notes(line), [], line)
    assert.ok(notes('A=s3$cret\nA=`s3cret`\nA=#s3cret').every((note) => !note.includes('s3')))
    assert.equal(parseEnvFile('A=s3$cret').variables.A, 's3$cret')
  })

  it('with an open quote, or with text after a closing quote, stops the start', async () => {
    const wrong = await file('quotes.env', `ROOM="kitchen\nPORT=81`)
    assert.deepEqual(problems({}, [wrong]), [
      `${wrong}: ROOM (line 1) has a quote that is not closed`,
      'ROOM is missing (the name of a room)',
    ])
    const more = await file('more.env', `ROOM='kitchen'oops`)
    assert.deepEqual(problems({}, [more]), [`${more}: ROOM (line 1) has text after its closing quote`])
  })

  it('is named in the notes that the reader of settings passes on', async () => {
    const notes: string[] = []
    const env = await file('notes.env', 'ROOM=kitchen\nPASSWORD=a$b')
    assert.equal(readSettings(schema, {}, [env], undefined, (note) => void notes.push(note)).PASSWORD, 'a$b')
    assert.deepEqual(notes, [`${env}: PASSWORD (line 2) has a $, which Docker Compose replaces: put the value in single quotes`])
  })
})

describe('An empty TZ', () => {
  it('counts as not set, for Node as well', () => {
    const env: Record<string, string | undefined> = { ROOM: 'kitchen', TZ: '' }
    readSettings(schema, env, [])
    assert.ok(!('TZ' in env))
  })
})
