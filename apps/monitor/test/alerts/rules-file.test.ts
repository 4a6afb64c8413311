import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { Rule } from '@hearthwatch/api/rule'
import { createLog } from '@hearthwatch/log'
import Database from 'better-sqlite3'
import { importRules } from '../../alerts/rules-file.ts'
import { builtInRules } from '../../rules/builtin.ts'
import { readRules } from '../../rules/read-rules.ts'
import { openStore, type Store } from '../../store/store.ts'

const warm = { name: 'warm', condition: 'above', quantity: 'temperature', limit: 26 }
const s = 1000

describe('rules.json', () => {
  let folder: string
  let store: Store
  let now: number
  let said: string

  const database = () => join(folder, 'house.db')
  const log = createLog('rules', 'info', (line) => {
    said += line
  })
  /** Writes the file with the time stamp of this moment, or of a clock that is wrong. */
  function write(given: unknown, time = now): void {
    const text = typeof given === 'string' ? given : JSON.stringify(given)
    writeFileSync(join(folder, 'rules.json'), text)
    utimesSync(join(folder, 'rules.json'), time / 1000, time / 1000)
  }
  /** A start of the monitor, some seconds later. */
  function start(): void {
    now += 10 * s
    said = ''
    importRules({ database: database(), rules: store.rules, channelNames: ['mail'], now, log })
    now += 10 * s
  }
  const limit = (name = 'warm') => store.rules.get(name)?.rule.limit
  const put = (rule: object) => store.rules.put({ ...(store.rules.get('warm') ?? store.rules.get('too-hot'))?.rule, ...rule } as Rule, now)

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rules-'))
    store = openStore(database())
    now = Date.UTC(2026, 10, 23, 12)
  })
  afterEach(() => {
    store.close()
    rmSync(folder, { recursive: true })
  })

  it('need not be there', () => {
    start()
    assert.equal(said, '')
    assert.deepEqual(store.rules.all(), builtInRules(30))
  })

  it('is read at the start, and again only where it is another one', () => {
    write([warm])
    start()
    assert.equal(limit(), 26)
    assert.match(said, /rules.json was read .*rules=1/)
    start()
    assert.equal(said, '')
    write([{ ...warm, limit: 27 }])
    start()
    assert.equal(limit(), 27)
  })

  it('may be what GET /api/rules answers, or {"rules": […]}', () => {
    write({ rules: [{ ...warm, builtIn: false, changed: 5 }] })
    start()
    assert.equal(limit(), 26)
  })

  it('takes back what it brought and no longer names, and nothing else', () => {
    write([warm, { ...warm, name: 'too-hot', limit: 35 }, { ...warm, name: 'kept' }])
    start()
    put({ name: 'kept', limit: 20 })
    put({ name: 'by-hand' })
    now += s
    write([])
    start()
    assert.equal(limit(), undefined)
    assert.equal(limit('too-hot'), 30)
    assert.equal(limit('kept'), 20)
    assert.equal(limit('by-hand'), 26)
  })

  it('does not undo what was changed by hand after it', () => {
    write([warm])
    start()
    put({ limit: 20 })
    start()
    assert.equal(limit(), 20)
    store.rules.remove('warm', now)
    start()
    assert.equal(limit(), undefined)
  })

  it('wins over what was changed by hand before it was saved, changed or not', () => {
    write([warm])
    start()
    put({ limit: 20 })
    now += s
    write([warm])
    start()
    assert.equal(limit(), 26)
  })

  it('that was changed before the last change by hand is left alone, and the log says so', () => {
    write([warm])
    start()
    write([{ ...warm, limit: 27 }])
    now += s
    put({ limit: 20 })
    start()
    assert.equal(limit(), 20)
    assert.match(said, /WARN .*not what was read last.*save it again/)
  })

  it('is read whatever its time stamp says where nobody has changed a rule since: a Pi without a clock writes 1970', () => {
    write([warm])
    start()
    write([{ ...warm, limit: 27 }], 5000)
    start()
    assert.equal(limit(), 27)
  })

  it('that nobody has touched does not undo what was changed by hand while the clock stood at 1970', () => {
    write([warm])
    start()
    const real = now
    now = 300 * s
    put({ limit: 20 })
    now = real
    start()
    assert.equal(limit(), 20)
    write([warm])
    start()
    assert.equal(limit(), 26)
  })

  it('from the future wins once, not at every start', () => {
    write([warm], now + 365 * 86_400 * s)
    start()
    put({ limit: 20 })
    start()
    assert.equal(limit(), 20)
    write([{ ...warm, limit: 27 }], now + 365 * 86_400 * s)
    start()
    assert.equal(limit(), 27)
  })

  it('that is broken changes nothing, and the log names the line', () => {
    write([warm])
    start()
    for (const [text, line] of [
      ['[\n  {"name": "warm",\n   "limit": 5,\n  }\n]', 4],
      ['[\n  {"name": warm}\n]', 2],
      ['[\n  {"name": "warm"}\n', 3],
      ['', 1],
    ] as const) {
      write(text)
      start()
      assert.match(said, new RegExp(`ERROR .*cannot be read; the rules stay as they are.*not JSON, line ${line}:`), text)
    }
    write('{}')
    start()
    assert.match(said, /must be a list of rules/)
    assert.equal(limit(), 26)
  })

  it('with one wrong rule is refused as a whole, and every wrong field is named with its rule', () => {
    write([warm, { ...warm, name: 'cold', condition: 'below', limit: 'x' }, { name: 'dry' }, warm, 5])
    start()
    assert.match(said, /rule 2 \(cold\): limit must be a number/)
    assert.match(said, /rule 3 \(dry\): condition is missing/)
    assert.match(said, /rule 4 \(warm\): name is that of another rule, too/)
    assert.match(said, /rule 5: a rule must be a JSON object/)
    assert.equal(limit(), undefined)
  })

  it('may name a channel that is set up later; the log says at each start that it is not there', () => {
    write([{ ...warm, channels: ['mail', 'pigeon'] }])
    start()
    assert.match(said, /WARN .*rule=warm channels=pigeon/)
    assert.equal(limit(), 26)
    start()
    assert.match(said, /WARN .*rule=warm channels=pigeon/)
  })

  it('is kept over a restart, and follows ALERT_ABOVE where too-hot is as built in', () => {
    write([warm, ...builtInRules(30)])
    start()
    store.close()
    store = openStore(database(), builtInRules(33))
    start()
    assert.equal(said, '')
    assert.equal(limit(), 26)
    assert.equal(limit('too-hot'), 33)
  })

  it('is not needed to hear of a rule in the database that somebody has spoilt: the others are in force', () => {
    put({ name: 'spoilt', limit: 20 })
    put({ name: 'sound', limit: 21 })
    const db = new Database(database())
    db.prepare("UPDATE rule SET rule = json_set(rule, '$.limit', 'x') WHERE name = 'spoilt'").run()
    db.close()
    store.close()
    store = openStore(database())
    start()
    assert.match(said, /ERROR .*cannot be read and is not in force rule=spoilt why="limit must be a number/)
    assert.equal(limit('spoilt'), undefined)
    assert.equal(limit('sound'), 21)
  })

  it('may begin with the mark that Windows editors put there', () => {
    assert.equal(readRules(`\uFEFF${JSON.stringify([warm])}`).length, 1)
  })
})
