import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { silent } from '@hearthwatch/log'
import { day, hour, minute, second } from '@hearthwatch/protocol/durations'
import Database from 'better-sqlite3'
import { archiveOldReadings } from '../../nightly/archive-readings.ts'
import { startDaily } from '../../nightly/daily.ts'
import { createHouseTroubles } from '../../rules/house-troubles.ts'
import { unpack } from '../../store/readings/block.ts'
import { openStore } from '../../store/store.ts'
import { mockClock } from './mocked-clock.ts'

const now = Date.UTC(2026, 10, 23, 3, 30)
const kitchen = { room: 'kitchen', quantity: 'temperature', device: 'pi-1' }

/** A reading each minute of the last 12 days in one room, and a second connection to the file. */
async function house(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'archive-'))
  const file = join(folder, 'test.db')
  const errors: [string, object?][] = []
  const log = { ...silent, error: (message: string, about?: object) => void errors.push([message, about]), child: () => silent }
  const store = openStore(file, undefined, { log, onLost: () => {} })
  const db = new Database(file)
  t.after(async () => {
    db.close()
    store.close()
    await rm(folder, { recursive: true })
  })
  const add = (time: number, value: number, late = false, unsure = false) =>
    store.transaction(() => store.readings.series(kitchen, unsure)(value, time, late))
  store.transaction(() => {
    const add = store.readings.series(kitchen, false)
    for (let time = now - 12 * day; time <= now; time += minute) add(20 + ((time / minute) % 7) / 10, time, false)
  })
  const archive = () => archiveOldReadings({ store, now: () => now, log: silent })
  const rows = () => db.prepare<[], number>('SELECT count(*) FROM readings').pluck().get()
  const blocks = () =>
    db.prepare<[], { first: number; last: number; count: number; data: Buffer }>('SELECT * FROM block ORDER BY first').all()
  const each = (from = 0, to = 2 * now) => [...store.readings.each(kitchen, from, to)]
  return { store, db, add, archive, rows, blocks, each, errors }
}

describe('The archive of readings', () => {
  it('contains whole days of more than a week ago as one block each; later days stay in the table', async (t) => {
    const { archive, rows, blocks, each } = await house(t)
    const before = each()
    await archive()
    const last = Date.UTC(2026, 10, 16)
    assert.deepEqual(
      blocks().map(({ first, last }) => [first, last]),
      [
        [now - 12 * day, Date.UTC(2026, 10, 12) - minute],
        ...[12, 13, 14, 15].map((date) => [Date.UTC(2026, 10, date), Date.UTC(2026, 10, date + 1) - minute]),
      ],
    )
    assert.equal(rows(), before.filter(({ time }) => time >= last).length)
    assert.deepEqual(each(), before)
    assert.equal(await archive(), 0)
  })

  it('adds late readings of an archived day to its block the next night, and recognises repeats of archived readings', async (t) => {
    const { store, add, archive, rows, blocks, each } = await house(t)
    await archive()
    const [count, there] = [rows(), store.readings.count()]
    const at = Date.UTC(2026, 10, 14, 12)
    const value = each(at, at + 1)[0]?.value ?? 0
    assert.equal(add(at, value), null)
    assert.equal(add(at, 99), at + 1)
    assert.equal(add(at + 30 * second, 98), at + 30 * second)
    assert.ok(store.readings.has('pi-1', 'temperature', at, value))
    assert.deepEqual(
      each(at, at + minute).map(({ time, value }) => [time - at, value]),
      [
        [0, value],
        [1, 99],
        [30_000, 98],
      ],
    )
    assert.equal(await archive(), 2)
    assert.equal(rows(), count)
    assert.equal(blocks().length, 5)
    assert.equal(store.readings.count(), there + 2)
    assert.equal(add(at, 99), null)
  })

  it('keeps the flags of a reading: late, and unverified clock', async (t) => {
    const { add, archive, blocks } = await house(t)
    const at = Date.UTC(2026, 10, 14, 12)
    add(at + 1, 1, true)
    add(at + 2, 2, false, true)
    add(at + 3, 3, true, true)
    await archive()
    const { times, flags } = unpack(blocks().find(({ first, last }) => first <= at && at <= last)?.data ?? Buffer.alloc(0))
    const flagOf = (time: number) => flags[times.indexOf(time)]
    assert.deepEqual(
      [0, 1, 2, 3].map((more) => flagOf(at + more)),
      [0, 1, 2, 3],
    )
  })

  it('splits a day of very many readings into several blocks, and adds a late reading to the right one', async (t) => {
    const { store, add, archive, blocks } = await house(t)
    const begin = Date.UTC(2026, 9, 1)
    store.transaction(() => {
      const add = store.readings.series(kitchen, false)
      for (let i = 0; i < 25_000; i += 1) add(i % 50, begin + i * 3 * second, false)
    })
    await archive()
    const split = () => blocks().filter(({ first }) => first < begin + day)
    assert.deepEqual(
      split().map(({ count }) => count),
      [10_000, 10_000, 5000],
    )
    add(begin + 1, 1)
    await archive()
    assert.deepEqual(
      split().map(({ count }) => count),
      [5001, 5000, 10_000, 5000],
    )
    add(begin + 1_600, 2)
    await archive()
    assert.deepEqual(
      split().map(({ count }) => count),
      [5002, 5000, 10_000, 5000],
    )
  })

  it('skips a damaged block: it is logged once, other readings are read, and its rollups remain', async (t) => {
    const { store, db, add, archive, rows, each, errors } = await house(t)
    await archive()
    const at = Date.UTC(2026, 10, 14)
    const all = store.readings.count()
    db.prepare("UPDATE block SET data = x'0102030405' WHERE first = ?").run(at)
    store.readings.forget()
    assert.equal(each().length, all - 1440)
    assert.equal(each(at, at + day).length, 0)
    assert.deepEqual(
      errors.map(([message]) => message),
      ['an archive block cannot be read; its readings are missing'],
    )
    assert.equal(store.readings.damaged, 1)
    const { points } = store.readings.range({ room: 'kitchen', quantity: 'temperature', from: at, to: at + day }, 300)
    assert.equal(points.length, 288)
    assert.equal(store.readings.summary(at, at + day).length, 0)
    assert.equal(store.readings.latest(now)[0]?.time, now)
    // A late reading of its span stays in the table.
    const before = rows() ?? 0
    assert.equal(add(at + hour, 20), at + hour)
    assert.equal(await archive(), 0)
    assert.equal(rows(), before + 1)
    assert.equal(each(at, at + day).length, 1)
    assert.equal(store.readings.deleteOlder(at + day, 1_000_000) > 0, true)
  })

  it('stops on request between two transactions', async (t) => {
    const { store, each, blocks } = await house(t)
    const before = each()
    const stopping = new AbortController()
    const archiving = archiveOldReadings({ store, now: () => now, log: silent, signal: stopping.signal })
    stopping.abort()
    await archiving
    assert.equal(blocks().length, 1)
    assert.deepEqual(each(), before)
  })
})

describe('The nightly tasks', () => {
  it('delete old readings first, and archive the rest', async (t) => {
    const { store, blocks, rows, each } = await house(t)
    const clock = mockClock(t, now - hour)
    const config = {
      SUMMARY_CRON: '0 8 * * *',
      TZ: 'UTC',
      RETENTION_DAYS: 11,
      brokerFiles: '/nowhere/mosquitto',
      BACKUP_KEEP: 0,
      DATABASE_FILE: 'house.db',
    }
    const daily = startDaily({
      settings: config,
      store,
      enqueue: () => {},
      notify: { channels: () => [], wake: () => {} },
      stored: () => 0,
      troubles: createHouseTroubles(),
      certificateEnd: () => null,
      disk: { trouble: () => null },
      now: clock.now,
      log: silent,
    })
    clock.until(now)
    // The schedule checks the clock once a minute, and its tasks yield to other work.
    const last = Date.UTC(2026, 10, 16)
    while ((blocks().at(-1)?.last ?? 0) < last - minute) await new Promise((resolve) => setImmediate(resolve))
    await daily.close()
    assert.equal(each()[0]?.time, now - 11 * day)
    assert.equal(rows(), (now - last) / minute + 1)
  })
})

describe('Archived readings that are deleted', () => {
  it('are deleted in whole blocks, and their rollups stay', async (t) => {
    const { store, archive, blocks, each } = await house(t)
    await archive()
    const [from, to] = [now - 12 * day, now]
    const year = () => store.readings.range({ room: 'kitchen', quantity: 'temperature', from, to }, 500).points
    const before = year()
    while (store.readings.deleteOlder(Date.UTC(2026, 10, 14, 12), 1_000_000) > 0);
    // The block of the fourteenth ends after noon.
    assert.equal(blocks()[0]?.first, Date.UTC(2026, 10, 14))
    assert.equal(each()[0]?.time, Date.UTC(2026, 10, 14))
    assert.deepEqual(year(), before)
  })

  it('are shown in points of five minutes from then on', async (t) => {
    const { store, archive } = await house(t)
    await archive()
    const from = now - 12 * day
    const ask = () => store.readings.range({ room: 'kitchen', quantity: 'temperature', from, to: from + 10 * minute }, 500)
    assert.equal(ask().resolution, 0)
    while (store.readings.deleteOlder(now - 9 * day, 1_000_000) > 0);
    assert.equal(ask().resolution, 5 * minute)
    assert.deepEqual(
      ask().points.map(([time, , , , count]) => [time - from, count]),
      [
        [0, 5],
        [5 * minute, 5],
      ],
    )
  })
})
