import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { silent } from '@hearthwatch/log'
import { day, hour } from '@hearthwatch/protocol/durations'
import { deleteOldReadings } from '../../nightly/delete-old-readings.ts'
import { openStore } from '../../store/store.ts'

const now = Date.UTC(2026, 10, 23)

/** 2,880 readings: hourly during the last 40 days in three rooms. */
async function house(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'retention-'))
  const store = openStore(join(folder, 'test.db'))
  t.after(async () => {
    store.close()
    await rm(folder, { recursive: true })
  })
  const rooms = ['kitchen', 'bedroom', '客廳']
  store.transaction(() => {
    for (const room of rooms)
      for (let i = 0; i < 40 * 24; i++) store.readings.addTimed({ room, quantity: 'temperature', device: null }, i, now - i * hour, false)
  })
  const oldest = (room: string) => [...store.readings.each({ room, quantity: 'temperature', device: null }, 0, 2 * now)][0]?.time ?? 0
  return { store, rooms, oldest }
}

describe('Retention', () => {
  it('deletes readings older than RETENTION_DAYS, and no younger ones', async (t) => {
    const { store, rooms, oldest } = await house(t)
    assert.equal(await deleteOldReadings({ store, days: 38, now: () => now, log: silent }), 3 * 47)
    for (const room of rooms) assert.equal(oldest(room), now - 38 * day)
    assert.equal(await deleteOldReadings({ store, days: 38, now: () => now, log: silent }), 0)
  })

  it('of 0 days keeps all readings', async (t) => {
    const { store } = await house(t)
    assert.equal(await deleteOldReadings({ store, days: 0, now: () => now + 10_000 * day, log: silent }), 0)
  })

  it('deletes at most a tenth in one night, the oldest of each room, and logs a warning, in case the clock is wrong', async (t) => {
    const { store, rooms, oldest } = await house(t)
    const warnings: string[] = []
    const log = { ...silent, warn: (message: string) => void warnings.push(message) }
    assert.equal(await deleteOldReadings({ store, days: 90, now: () => now + 3650 * day, log }), 288)
    assert.equal(store.readings.count(), 2880 - 288)
    for (const room of rooms) assert.equal(oldest(room), now - 36 * day + hour)
    assert.match(warnings.join(), /nightly delete limit \(10 %\) reached; check the clock/)
  })

  it('stops on request', async (t) => {
    const { store } = await house(t)
    assert.equal(await deleteOldReadings({ store, days: 1, now: () => now, log: silent, signal: AbortSignal.abort() }), 0)
  })

  it('deletes expired logins, too', async (t) => {
    const { store } = await house(t)
    store.sessions.add(Buffer.from('old'), now - 1)
    store.sessions.add(Buffer.from('new'), now + 1)
    await deleteOldReadings({ store, days: 0, now: () => now, log: silent })
    assert.deepEqual([store.sessions.isValid(Buffer.from('old'), now - 2), store.sessions.isValid(Buffer.from('new'), now)], [false, true])
  })
})
