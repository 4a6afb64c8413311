import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { openStore, type Store } from '../../store/store.ts'

function startStore(t: TestContext): Store {
  const folder = mkdtempSync(join(tmpdir(), 'devices-'))
  const store = openStore(join(folder, 'house.db'))
  t.after(() => {
    store.close()
    rmSync(folder, { recursive: true })
  })
  return store
}

/** Stores a device with this room, whether it is new or moves. */
function put({ devices, transaction }: Store, key: string, room: string | null): void {
  transaction(() => devices.put(Object.assign(devices.getOrMake(key, key, null), { room })))
}

const keysIn = ({ devices }: Store, room: string) => devices.inRoom(room).map(({ key }) => key)

describe('The devices of a room', () => {
  it('are those whose own room it is, in the order in which they came', (t) => {
    const store = startStore(t)
    for (const key of ['pi-2', 'pi-1']) put(store, key, 'kitchen')
    put(store, 'pi-3', 'attic')
    put(store, 'pi-4', null)
    assert.deepEqual(keysIn(store, 'kitchen'), ['pi-2', 'pi-1'])
    assert.deepEqual(keysIn(store, 'cellar'), [])
  })

  it('change when one of them moves or is removed, and not when it is stored again', (t) => {
    const store = startStore(t)
    for (const key of ['pi-1', 'pi-2', 'pi-3']) put(store, key, 'kitchen')
    put(store, 'pi-1', 'attic')
    put(store, 'pi-2', 'kitchen')
    store.transaction(() => store.devices.remove('pi-3'))
    assert.deepEqual([keysIn(store, 'kitchen'), keysIn(store, 'attic')], [['pi-2'], ['pi-1']])
    put(store, 'pi-2', null)
    assert.deepEqual(keysIn(store, 'kitchen'), [])
  })

  it('are as they were stored last, also by another object', (t) => {
    const { devices, transaction, ...store } = startStore(t)
    put({ devices, transaction, ...store }, 'pi-1', 'kitchen')
    transaction(() => devices.put({ ...devices.getOrMake('pi-1', 'pi-1', null), status: 'online' }))
    assert.deepEqual(
      devices.inRoom('kitchen').map(({ status }) => status),
      ['online'],
    )
  })

  it('are those of the database again after a rollback', (t) => {
    const store = startStore(t)
    put(store, 'pi-1', 'kitchen')
    const failing = () =>
      store.transaction(() => {
        put(store, 'pi-1', 'attic')
        put(store, 'pi-2', 'attic')
        throw new Error('the disk is full')
      })
    assert.throws(failing, /the disk is full/)
    assert.deepEqual([keysIn(store, 'kitchen'), keysIn(store, 'attic')], [['pi-1'], []])
  })
})
