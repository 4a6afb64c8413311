import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { createLog } from '@hearthwatch/log'
import { openStore, type Store } from '../../../store/store.ts'

const epoch = '0123456789abcdef'

describe('A database that was not closed cleanly', () => {
  let folder: string
  let file: string
  let told: string
  let stores: Store[]
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'opened-'))
    file = join(folder, 'house.db')
    told = ''
    stores = []
  })
  afterEach(() => {
    for (const store of stores) store.close()
    rmSync(folder, { recursive: true })
  })
  function open(at = file): Store {
    const log = createLog('store', 'warn', (line) => {
      told += line
    })
    const store = openStore(at, undefined, { log, onLost: () => {} })
    stores.push(store)
    return store
  }
  function close(store: Store): void {
    store.close()
    stores.splice(stores.indexOf(store), 1)
  }
  const keep = (store: Store) =>
    store.transaction(() => store.records.save({ device: 'pi-1', epoch, kept: 500, begun: true, asked: null, heard: 1, skew: 0 }))
  const kept = (store: Store) => store.records.progress('pi-1', epoch).kept

  it('and lost its log counts no row as received: the sensors are asked for all rows, with a log line', () => {
    const first = open()
    keep(first)
    close(first)
    // It is in use again, and the file is copied without its log.
    const second = open()
    const copy = join(folder, 'copy.db')
    copyFileSync(file, copy)
    const restored = open(copy)
    assert.equal(kept(restored), 0)
    assert.equal(restored.records.progress('pi-1', epoch).begun, false)
    assert.match(told, /the write-ahead log of the database is missing/)
    assert.equal(kept(second), 500)
  })

  it('and has its log, as after a kill, continues where it was', () => {
    const first = open()
    keep(first)
    const copy = join(folder, 'copy.db')
    copyFileSync(file, copy)
    copyFileSync(`${file}-wal`, `${copy}-wal`)
    assert.equal(kept(open(copy)), 500)
    assert.equal(told, '')
  })

  it('needs no log if it was closed cleanly before the copy', () => {
    const first = open()
    keep(first)
    close(first)
    assert.equal(kept(open()), 500)
    assert.equal(told, '')
  })

  it('stores a gap once, even if it is reported again', () => {
    const store = open()
    store.transaction(() => {
      store.records.addGap('pi-1', epoch, { from: 5, to: 9 }, 1)
      store.records.addGap('pi-1', epoch, { from: 5, to: 9 }, 2)
      store.records.addGap('pi-1', epoch, { from: 20, to: 20 }, 3)
    })
    assert.deepEqual(
      store.records.gaps('pi-1').map(({ from, to, noticed }) => [from, to, noticed]),
      [
        [5, 9, 1],
        [20, 20, 3],
      ],
    )
  })
})
