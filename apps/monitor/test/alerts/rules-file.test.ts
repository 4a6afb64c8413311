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
import { openStore, type Store } from '../../store/store.ts'

const warm = { name: 'warm', condition: 'above', quantity: 'temperature', limit: 26 }
const s = 1000

describe('rules.json', () => {
  let folder: string
  let store: Store
  let now: number
  let logged: string

  const database = () => join(folder, 'house.db')
  const log = createLog('rules', 'info', (line) => {
    logged += line
  })
  /** Writes the file with this time stamp. */
  function write(given: unknown, time = now): void {
    const text = typeof given === 'string' ? given : JSON.stringify(given)
    writeFileSync(join(folder, 'rules.json'), text)
    utimesSync(join(folder, 'rules.json'), time / 1000, time / 1000)
  }
  /** Starts the monitor ten seconds later. */
  function start(): void {
    now += 10 * s
    logged = ''
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

  it('is optional', () => {
    start()
    assert.equal(logged, '')
    assert.deepEqual(store.rules.all(), builtInRules(30))
  })

  it('is read at the start, and again only if its content has changed', () => {
    write([warm])
    start()
    assert.equal(limit(), 26)
    assert.match(logged, /rules.json was read .*rules=1/)
    start()
    assert.equal(logged, '')
    write([{ ...warm, limit: 27 }])
    start()
    assert.equal(limit(), 27)
  })

  it('may be the answer of GET /api/rules, or {"rules": […]}', () => {
    write({ rules: [{ ...warm, builtIn: false, changed: 5 }] })
    start()
    assert.equal(limit(), 26)
  })

  it('removes only the rules that its earlier version had and this one lacks', () => {
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

  it('does not undo a change by hand that was made after it was saved', () => {
    write([warm])
    start()
    put({ limit: 20 })
    start()
    assert.equal(limit(), 20)
    store.rules.remove('warm', now)
    start()
    assert.equal(limit(), undefined)
  })

  it('replaces a change by hand that was made before it was saved, also with the same content', () => {
    write([warm])
    start()
    put({ limit: 20 })
    now += s
    write([warm])
    start()
    assert.equal(limit(), 26)
  })

  it('is ignored, with a line in the log, if a rule was changed by hand after it was saved', () => {
    write([warm])
    start()
    write([{ ...warm, limit: 27 }])
    now += s
    put({ limit: 20 })
    start()
    assert.equal(limit(), 20)
    assert.match(logged, /WARN .*changed by hand later.*save it again/)
  })

  it('is read whatever its time stamp is if no rule was changed by hand, because a Pi without a clock writes 1970', () => {
    write([warm])
    start()
    write([{ ...warm, limit: 27 }], 5000)
    start()
    assert.equal(limit(), 27)
  })

  it('does not undo a change by hand that was made while the clock was at 1970', () => {
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

  it('is read once, not at every start, if its time stamp lies in the future', () => {
    write([warm], now + 365 * 86_400 * s)
    start()
    put({ limit: 20 })
    start()
    assert.equal(limit(), 20)
    write([{ ...warm, limit: 27 }], now + 365 * 86_400 * s)
    start()
    assert.equal(limit(), 27)
  })

  it('changes no rule if it is not JSON, and the log names the line', () => {
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
      assert.match(logged, new RegExp(`ERROR .*cannot be read; the rules stay as they are.*not JSON, line ${line}:`), text)
    }
    write('{}')
    start()
    assert.match(logged, /must be a list of rules/)
    assert.equal(limit(), 26)
  })

  it('is refused as a whole if one rule is wrong, and the log names each rule and field', () => {
    write([warm, { ...warm, name: 'cold', condition: 'below', limit: 'x' }, { name: 'dry' }, warm, 5])
    start()
    assert.match(logged, /rule 2 \(cold\): limit must be a number/)
    assert.match(logged, /rule 3 \(dry\): condition is missing/)
    assert.match(logged, /rule 4 \(warm\): name is that of another rule, too/)
    assert.match(logged, /rule 5: a rule must be a JSON object/)
    assert.equal(limit(), undefined)
  })

  it('may name a channel that does not exist, which the log mentions at each start', () => {
    write([{ ...warm, channels: ['mail', 'pigeon'] }])
    start()
    assert.match(logged, /WARN .*rule=warm channels=pigeon/)
    assert.equal(limit(), 26)
    start()
    assert.match(logged, /WARN .*rule=warm channels=pigeon/)
  })

  it('leaves too-hot at ALERT_ABOVE after a restart if it has the built-in rule', () => {
    write([warm, ...builtInRules(30)])
    start()
    store.close()
    store = openStore(database(), builtInRules(33))
    start()
    assert.equal(logged, '')
    assert.equal(limit(), 26)
    assert.equal(limit('too-hot'), 33)
  })

  it('is not involved if a rule in the database cannot be read: the log names it, and the others apply', () => {
    put({ name: 'spoilt', limit: 20 })
    put({ name: 'sound', limit: 21 })
    const db = new Database(database())
    db.prepare("UPDATE rule SET rule = json_set(rule, '$.limit', 'x') WHERE name = 'spoilt'").run()
    db.close()
    store.close()
    store = openStore(database())
    start()
    assert.match(logged, /ERROR .*cannot be read and is not in force rule=spoilt why="limit must be a number/)
    assert.equal(limit('spoilt'), undefined)
    assert.equal(limit('sound'), 21)
  })
})
