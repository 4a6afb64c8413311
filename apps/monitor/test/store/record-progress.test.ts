import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { silent } from '@hearthwatch/log'
import { noProgress } from '@hearthwatch/protocol/receiver'
import { openStore, type Store } from '../../store/store.ts'

const epoch = '0123456789abcdef'

describe('The progress of a device', () => {
  let folder: string
  let store: Store
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'progress-'))
    store = openStore(join(folder, 'house.db'), [], { log: silent, onLost() {} })
  })
  afterEach(() => {
    store.close()
    rmSync(folder, { recursive: true })
  })

  it('keeps at most 1,000 gaps: further ones are merged into the newest, and their rows are counted', () => {
    store.transaction(() => {
      for (let n = 0; n < 3000; n += 1) store.records.addGap('pi-1', epoch, { from: 10 * n + 1, to: 10 * n + 2 }, n)
    })
    const gaps = store.records.gaps('pi-1')
    assert.equal(gaps.length, 1000)
    assert.equal(store.records.missing('pi-1'), 6000)
    assert.deepEqual([gaps[0]?.count, gaps.at(-1)?.count, gaps.at(-1)?.to], [2, 2 * 2001, 29_992])
    assert.ok(store.records.isLost('pi-1', epoch, 29_992))
    assert.ok(!store.records.isLost('pi-1', epoch, 5))
    store.transaction(() => store.records.addGap('pi-2', epoch, { from: 1, to: 1 }, 1))
    assert.equal(store.records.missing('pi-2'), 1)
  })

  it('keeps the 20 epochs that were heard last', () => {
    store.transaction(() => {
      for (let n = 1; n <= 50; n += 1)
        store.records.save({ ...noProgress, device: 'pi-1', epoch: n.toString(16).padStart(16, '0'), kept: n, heard: n, skew: 0 })
      store.records.save({ ...noProgress, device: 'pi-2', epoch, kept: 7, heard: 1, skew: 0 })
    })
    store.records.forget()
    const kept = (n: number) => store.records.progress('pi-1', n.toString(16).padStart(16, '0')).kept
    assert.deepEqual([kept(30), kept(31), kept(50)], [0, 31, 50])
    assert.equal(store.records.latest('pi-1')?.kept, 50)
    assert.equal(store.records.progress('pi-2', epoch).kept, 7)
  })
})
