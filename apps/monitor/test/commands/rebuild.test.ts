import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { silent } from '@hearthwatch/log'
import { day, minute } from '@hearthwatch/protocol/durations'
import Database from 'better-sqlite3'
import { archiveOldReadings } from '../../nightly/archive-readings.ts'
import { backfillRollups } from '../../nightly/backfill-rollups.ts'
import { versions } from '../../store/file/schema.ts'
import { openStore } from '../../store/store.ts'

const begin = Date.UTC(2026, 10, 1)
const kitchen = { room: 'kitchen', quantity: 'temperature', device: 'pi-1' }
const asked = { room: 'kitchen', quantity: 'temperature', from: begin, to: begin + 10 * day }

function newFile(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'rebuild-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return join(folder, 'house.db')
}

/** A reading each minute during ten days. */
function fill(file: string): void {
  const store = openStore(file)
  store.transaction(() => {
    const add = store.readings.series(kitchen, false)
    for (let i = 0; i < 10 * 1440; i += 1) add(i % 100, begin + i * minute, false)
  })
  store.close()
}

function look<T>(file: string, sql: string): T {
  const db = new Database(file, { readonly: true })
  const found = db.prepare(sql).pluck().get() as T
  db.close()
  return found
}

function change(file: string, sql: string): void {
  const db = new Database(file)
  db.exec(sql)
  db.close()
}

async function rebuild(file: string, ...args: string[]) {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', '..', 'commands', 'rebuild.ts'), ...args], {
    env: { PATH: process.env.PATH, DATABASE_FILE: file },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [output, errors, [code]] = await Promise.all([
    Array.fromAsync(child.stdout, String),
    Array.fromAsync(child.stderr, String),
    once(child, 'exit'),
  ])
  return { code, output: output.join(''), errors: errors.join('') }
}

describe('npm run rebuild', () => {
  it('computes the rollups from the readings after these were changed by hand', async (t) => {
    const file = newFile(t)
    fill(file)
    change(file, `DELETE FROM reading WHERE time < ${begin + 2 * day}; UPDATE reading SET value = 50`)
    const { code, output } = await rebuild(file)
    assert.deepEqual([code, output], [0, 'The rollups are complete.\n'])
    assert.equal(look(file, 'SELECT sum(count) FROM rollup_5m'), 8 * 1440)
    assert.equal(look(file, 'SELECT sum(count) FROM rollup_1h'), 8 * 1440)
    assert.equal(look(file, 'SELECT max(max) FROM rollup_1h'), 50)
    assert.equal(look(file, 'SELECT min(bucket) FROM rollup_5m'), begin + 2 * day)
  })

  it('keeps the rollups of deleted readings', async (t) => {
    const file = newFile(t)
    fill(file)
    const store = openStore(file)
    while (store.readings.deleteOlder(begin + 2 * day + 30 * minute, 1_000_000) > 0);
    const before = store.readings.range(asked, 500)
    store.close()
    await rebuild(file)
    const after = openStore(file)
    assert.deepEqual(after.readings.range(asked, 500), before)
    after.close()
    assert.equal(look(file, 'SELECT sum(count) FROM rollup_5m'), 10 * 1440)
  })

  it('returns the disk space of archived readings with --compact', async (t) => {
    const file = newFile(t)
    fill(file)
    const store = openStore(file)
    await archiveOldReadings({ store, now: () => begin + 30 * day, log: silent })
    store.close()
    const size = statSync(file).size
    await rebuild(file)
    assert.equal(statSync(file).size, size)
    assert.equal((await rebuild(file, '--compact')).code, 0)
    assert.ok(statSync(file).size < size * 0.7, `${statSync(file).size} of ${size}`)
    const after = openStore(file)
    assert.equal([...after.readings.each(kitchen, 0, 2 * begin)].length, 10 * 1440)
    after.close()
  })

  it('refuses to run while a monitor uses the database', async (t) => {
    const file = newFile(t)
    const store = openStore(file)
    const { code, errors } = await rebuild(file)
    store.close()
    assert.equal(code, 1)
    assert.match(errors, /Another monitor already uses/)
  })

  it('does not create a database', async (t) => {
    const file = newFile(t)
    const { code, errors } = await rebuild(file)
    assert.equal(code, 1)
    assert.match(errors, /house\.db does not exist\. Check DATABASE_FILE/)
    assert.ok(!existsSync(file))
  })

  it('exits with 2 for an unknown option, and prints its help', async (t) => {
    const file = newFile(t)
    assert.equal((await rebuild(file, '--fast')).code, 2)
    const { code, output } = await rebuild(file, '--help')
    assert.equal(code, 0)
    assert.match(output, /^npm run rebuild/)
  })
})

describe('Rollups that are rebuilt', () => {
  it('continue where they were stopped; until they are complete, charts are computed from the readings', async (t) => {
    const file = newFile(t)
    fill(file)
    const store = openStore(file)
    const before = store.readings.range(asked, 500)
    store.transaction(store.readings.rebuild.begin)
    const stopping = new AbortController()
    let steps = 0
    const onProgress = () => {
      steps += 1
      assert.deepEqual(store.readings.range(asked, 500), before)
      if (steps === 4) stopping.abort()
    }
    assert.equal(await backfillRollups({ store, onProgress, signal: stopping.signal }), false)
    store.close()

    const after = openStore(file)
    assert.equal(after.readings.rebuild.unfinished()[0]?.rolledUpTo, begin + 4 * day)
    // A reading that is stored meanwhile is counted once, at any stage of the rebuild.
    after.transaction(() => {
      for (const at of [begin + day, begin + 8 * day]) after.readings.addTimed(kitchen, 0, at + 1, false)
    })
    assert.equal(await backfillRollups({ store: after }), true)
    after.close()
    assert.equal(look(file, 'SELECT sum(count) FROM rollup_5m'), 10 * 1440 + 2)
    assert.equal(look(file, 'SELECT sum(count) FROM rollup_1h'), 10 * 1440 + 2)
  })

  it('are complete before retention deletes their readings', async (t) => {
    const file = newFile(t)
    fill(file)
    const store = openStore(file)
    store.transaction(store.readings.rebuild.begin)
    assert.equal(store.readings.deleteOlder(begin + 5 * day, 1_000_000), 0)
    await backfillRollups({ store })
    assert.ok(store.readings.deleteOlder(begin + 5 * day, 1_000_000) > 0)
    store.close()
  })
})

describe('A database of a version without rollups', () => {
  it('gets its rollups in the background when the monitor starts', async (t) => {
    const file = newFile(t)
    const old = new Database(file)
    for (const sql of versions.slice(0, 3)) old.exec(sql)
    old.pragma('user_version = 3')
    old.exec(`INSERT INTO series VALUES (1, 'kitchen', 'temperature', 'pi-1')`)
    const insert = old.prepare('INSERT INTO reading (series, time, value) VALUES (1, ?, ?)')
    old.transaction(() => {
      for (let i = 0; i < 10 * 1440; i += 1) insert.run(begin + i * minute, i % 100)
    })()
    old.close()

    const store = openStore(file)
    const first = store.readings.range(asked, 500)
    assert.equal(first.resolution, 30 * minute)
    assert.equal(first.points.length, 480)
    await backfillRollups({ store })
    assert.deepEqual(store.readings.range(asked, 500), first)
    store.close()
    assert.equal(look(file, 'SELECT sum(count) FROM rollup_1h'), 10 * 1440)
    assert.equal(look(file, 'SELECT count(*) FROM series WHERE rolled IS NOT NULL'), 0)
  })
})
