import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import Database from 'better-sqlite3'
import { evictOldest } from '../../store/evict-oldest.ts'
import { storeRecordProgress } from '../../store/record-progress.ts'
import { openStore } from '../../store/store.ts'

describe('A store with more devices than its caches have room for', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-'))
  const file = join(folder, 'house.db')
  let db: Database.Database
  before(() => {
    openStore(file).close()
    db = new Database(file)
  })
  after(() => {
    db.close()
    rmSync(folder, { recursive: true })
  })

  it('loses the oldest entries of a cache, one for each new one', () => {
    const cache = new Map([1, 2, 3, 4].map((key) => [key, key]))
    evictOldest(cache, 5)
    assert.equal(cache.size, 4)
    evictOldest(cache, 4)
    assert.deepEqual([...cache.keys()], [2, 3, 4])
    evictOldest(cache, 0)
    assert.equal(cache.size, 0)
  })

  it('reads the progress of a device again that has left the cache', () => {
    const records = storeRecordProgress(db, () => 3)
    const epoch = '0123456789abcdef'
    const devices = Array.from({ length: 10 }, (_, i) => `pi-${i}`)
    for (const [i, device] of devices.entries()) records.save({ ...records.progress(device, epoch), kept: i + 1, heard: 1, begun: true })
    assert.deepEqual(
      devices.map((device) => records.progress(device, epoch).kept),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    )
  })

  it('finds the series of a device by an index', () => {
    const plan = db.prepare<[], { detail: string }>("EXPLAIN QUERY PLAN SELECT id FROM series WHERE quantity = 'a' AND device = 'b'").all()
    assert.deepEqual(
      plan.map(({ detail }) => detail),
      ['SEARCH series USING COVERING INDEX series_device (device=? AND quantity=?)'],
    )
  })
})
