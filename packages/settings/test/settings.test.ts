import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { describeSettings, readSettings } from '../index.ts'
import { defaults, problems, schema } from './example.ts'

describe('settings', () => {
  it('text, numbers and choices are read from the environment', () => {
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

  it('a setting that is not set has its default', () => {
    assert.deepEqual(readSettings(schema, { ROOM: 'kitchen' }, []), { ...defaults, ROOM: 'kitchen' })
  })

  it('an empty setting counts as not set', () => {
    assert.deepEqual(readSettings(schema, { ROOM: 'kitchen', PORT: '', URL: '', PASSWORD: '', PASSWORD_FILE: '' }, []), {
      ...defaults,
      ROOM: 'kitchen',
    })
    assert.deepEqual(problems({ ROOM: '' }), ['ROOM is missing (the name of a room)'])
  })

  it('variables outside the schema are ignored', () => {
    assert.deepEqual(readSettings(schema, { ROOM: 'kitchen', PATH: '/bin', constructor: 'x' }, []), { ...defaults, ROOM: 'kitchen' })
  })
})

describe('invalid settings', () => {
  it('all invalid settings are reported in one message', () => {
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
      message: `Invalid settings:\n${expected.map((line) => `  - ${line}`).join('\n')}`,
    })
  })

  it('a number in a notation other than decimal is invalid', () => {
    for (const text of ['0x10', 'Infinity', 'NaN', '1e999', '1_000', '1,5', ' ', '5s', '0b1'])
      assert.equal(problems({ ROOM: 'a', LIMIT: text }).length, 1, text)
    for (const text of ['1.5', '-1']) assert.equal(problems({ ROOM: 'a', PORT: text }).length, 1, text)
    assert.equal(readSettings(schema, { ROOM: 'a', LIMIT: ' 5 ' }, []).LIMIT, 5)
  })

  it('a conflict between valid settings is reported with the other problems', () => {
    const together = ({ URL, PASSWORD }: { URL?: string; PASSWORD?: string }) => (PASSWORD && !URL ? ['PASSWORD needs a URL'] : [])
    assert.deepEqual(problems({ PORT: 'x', PASSWORD: 'p' }, [], together), [
      'ROOM is missing (the name of a room)',
      'PORT must be a whole number from 0 to 65535 (it is "x")',
      'PASSWORD needs a URL',
    ])
    assert.deepEqual(problems({ ROOM: 'a', URL: 'nonsense', PASSWORD: 'p' }, [], together).length, 2)
  })
})

describe('describeSettings', () => {
  it('the help has one line per setting: meaning, choices, default, and if it is required', () => {
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
