import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { createLog, type Fields, type Level, levels, silent } from '../index.ts'

/** The output of a log, without the colours of a terminal. */
function written(use: (log: ReturnType<typeof createLog>) => void, level: Level = 'info', name = 'monitor'): string {
  let output = ''
  use(
    createLog(name, level, (line) => {
      // Only the level is coloured, so only the start of a line may contain our escape sequences.
      output += stripVTControlCharacters(line.slice(0, 50)) + line.slice(50)
    }),
  )
  return output
}

const forgery = /[\p{Cc}\p{Cf}\u2028\u2029]/u

describe('a log line', () => {
  it('a log line consists of time, level, name, message and fields', () => {
    const line = written((log) => log.warn('a reading was refused', { room: '客廳', reason: 'out-of-range', count: 3, ok: false }))
    assert.match(
      line,
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z WARN {2}monitor: a reading was refused room=客廳 reason=out-of-range count=3 ok=false\n$/,
    )
  })

  it('text that could be mistaken for a field is quoted', () => {
    const line = written((log) => log.info('seen', { room: 'a b=c', topic: 'home/kitchen/temperature', none: '' }))
    assert.match(line, / room="a b=c" topic=home\/kitchen\/temperature none=""\n$/)
  })

  it('a child log prints its own name', () => {
    assert.match(
      written((log) => log.child('intake').info('x')),
      / intake: x\n$/,
    )
  })

  it('an error is printed as its message, else its code, else its name', () => {
    const refused = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })
    assert.match(
      written((log) => log.error('no broker', { error: refused })),
      / error="ECONNREFUSED"\n$/,
    )
    assert.match(
      written((log) => log.error('no broker', { error: new Error('connect: timed out') })),
      / error="connect: timed out"\n$/,
    )
    assert.match(
      written((log) => log.error('no broker', { error: new TypeError() })),
      / error="TypeError"\n$/,
    )
  })

  it('a value of any type can be printed', () => {
    const self: Fields = {}
    self.self = self
    const odd = { self, big: 10n, none: undefined, symbol: Symbol('s'), call: () => 1, nan: Number.NaN, nothing: null, list: [1, 'a'] }
    const line = written((log) => log.info('odd', odd))
    assert.match(
      line,
      / self=\[object Object\] big=10 none=undefined symbol=Symbol\(s\) call=\(\) => 1 nan=null nothing=null list=\[1,"a"\]\n$/,
    )
  })
})

describe('escaping in a log line', () => {
  it('a line end is escaped', () => {
    const line = written((log) => log.info('payload a\n2026-11-23T00:00:00.000Z ERROR monitor: all is lost\r\n\u2028\u2029\u0085\v\f'))
    assert.equal(line.split('\n').length, 2)
    assert.match(line, /payload a\\u\{a\}2026-11-23/)
  })

  it('an escape sequence of a terminal is escaped', () => {
    const line = written((log) => log.info('\x1b[2J\x1b]0;title\x07\x9b31m', { topic: 'a\x1b[1A', error: new Error('\x9b2K') }))
    assert.doesNotMatch(line.trimEnd(), forgery)
    assert.match(line, /\\u\{1b\}\[2J/)
  })

  it('a mark that changes the direction of text is escaped', () => {
    const line = written((log) => log.info('room \u202eneddih', { room: '\u2066x\u2069\u200f', deep: { text: '\u202e' } }))
    assert.doesNotMatch(line.trimEnd(), forgery)
    assert.match(line, /\\u\{202e\}/)
  })

  it('control characters are escaped in the name, the message, and the names and values of fields', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('\n', '\r', '\x1b', '\x9b', '\u202e', '\u2028', 'a', '[') }),
    )
    const value = fc.oneof(
      text,
      text.map((message) => new Error(message)),
      fc.jsonValue(),
    )
    fc.assert(
      fc.property(text, text, fc.dictionary(text, value), (name, message, fields) => {
        const line = written((log) => log.info(message, fields), 'info', name)
        assert.ok(line.endsWith('\n'))
        assert.doesNotMatch(line.slice(0, -1), forgery)
      }),
    )
  })
})

describe('a log that others try to fill', () => {
  it('prints a hundred lines of a message within a minute, then their number; other messages are printed', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const lines: string[] = []
    const log = createLog('monitor', 'info', (line) => lines.push(line))
    for (let n = 0; n < 100_000; n += 1) log.child('intake').warn('rejected', { topic: `home/${n}/temperature` })
    log.child('intake').info('still here')
    assert.equal(lines.length, 101)
    t.mock.timers.tick(60_000)
    assert.match(lines.at(-1) ?? '', /WARN .*monitor|WARN .*intake: rejected: 99900 more within a minute/)
    log.child('intake').warn('rejected', { topic: 'home/x/temperature' })
    assert.match(lines.at(-1) ?? '', /topic=home\/x\/temperature/)
  })

  it('cuts long texts, and says how long they are', () => {
    const line = written((log) =>
      log.warn('rejected', { topic: 'x'.repeat(65_000), error: new Error('y'.repeat(65_000)), list: ['z'.repeat(65_000)] }),
    )
    assert.ok(line.length < 4000, `${line.length}`)
    assert.match(line, /topic="x{300}… \(65000 characters\)"/)
  })
})

describe('the level of a log', () => {
  it('a log prints lines of its level and of more important levels', () => {
    for (const [i, level] of levels.entries()) {
      const output = written((log) => {
        for (const each of levels) log[each](`a ${each}`)
      }, level)
      const printed = [...output.matchAll(/monitor: a (\w+)/g)].map(([, each]) => each)
      assert.deepEqual(printed, levels.slice(0, i + 1))
    }
  })

  it('a child log has the level of its parent', () => {
    assert.equal(
      written((log) => log.child('web').info('x'), 'warn'),
      '',
    )
  })

  it('a log whose reader has gone does not end its program', async () => {
    const program = `import { createLog } from '${new URL('../index.ts', import.meta.url)}'
      const log = createLog('monitor')
      log.info('first')
      process.stdin.once('end', () => setInterval(() => log.info('unread'), 5)).resume()
      setTimeout(() => process.exit(7), 500)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', 'ignore', 'pipe'] })
    await once(child.stderr, 'data')
    child.stderr.destroy()
    child.stdin.end()
    assert.deepEqual(await once(child, 'exit'), [7, null])
  })

  it('a silent log accepts lines of every level', () => {
    for (const level of levels) assert.equal(silent[level]('x'), undefined)
  })
})
