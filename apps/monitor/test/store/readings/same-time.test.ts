import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { silent } from '@hearthwatch/log'
import { PayloadError } from '@hearthwatch/protocol'
import { furthestMove } from '../../../store/readings/free-time.ts'
import { openStore, type Store } from '../../../store/store.ts'

const time = Date.UTC(2026, 10, 30)
const name = { room: 'kitchen', quantity: 'temperature', device: 'pi-1' }

describe('Readings of one series at the same time', () => {
  let folder: string
  let store: Store
  const open = () => openStore(join(folder, 'house.db'), [], { log: silent, onLost() {} })
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'same-time-'))
    store = open()
  })
  afterEach(() => {
    store.close()
    rmSync(folder, { recursive: true })
  })
  const add = (value: number, at = time) => store.transaction(() => store.readings.addTimed(name, value, at, false))
  const fault = (work: () => unknown) => {
    try {
      work()
    } catch (error) {
      if (error instanceof PayloadError) return error.fault
      throw error
    }
    return undefined
  }
  const times = () => [...store.readings.each(name, 0, Number.MAX_SAFE_INTEGER)].map((taken) => taken.time - time)

  it('are stored one ms apart, and each is recognised when it is repeated', () => {
    for (let value = 0; value < 20; value += 1) assert.equal(add(value), time + value)
    for (let value = 0; value < 20; value += 1) assert.equal(add(value), null)
    store.close()
    store = open()
    for (let value = 0; value < 20; value += 1) assert.equal(add(value), null)
    assert.deepEqual(
      times(),
      Array.from({ length: 20 }, (_, i) => i),
    )
  })

  it(`are refused if the next free time is more than ${furthestMove} ms away`, () => {
    for (let value = 0; value <= furthestMove; value += 1) add(value)
    assert.equal(
      fault(() => add(-1)),
      'same-time',
    )
    assert.equal(add(5), null)
    store.close()
    store = open()
    assert.equal(
      fault(() => add(-1)),
      'same-time',
    )
    assert.equal(add(5), null)
    // A reading of another time is stored as before.
    assert.equal(add(-1, time + 5000), time + 5000)
  })

  it('step over readings that have these times already, in any order of arrival', () => {
    add(1, time + 1)
    add(3, time + 3)
    assert.equal(add(0), time)
    assert.equal(add(7), time + 2)
    assert.equal(add(8), time + 4)
    assert.equal(add(9, time + 1), time + 5)
    assert.equal(add(10, time + 5000), time + 5000)
    assert.equal(add(11, time + 3), time + 6)
    assert.equal(add(9, time + 1), null)
    assert.equal(add(9, time + 6), time + 7)
  })

  it('without a time of their own follow each other, and any reading of the second after their arrival', () => {
    const plain = (value: number, arrival: number) => store.transaction(() => store.readings.addPlain(name, value, arrival, false)) - time
    // A burst of more than a second: each follows the one before.
    for (let n = 0; n < 1500; n += 1) assert.equal(plain(n, time), n)
    assert.equal(plain(0, time + 5), 1500)
    assert.equal(plain(0, time + 4000), 4000)
    // A reading with a time of its own, within the second and beyond it.
    assert.equal(add(1, time + 4500), time + 4500)
    assert.equal(plain(0, time + 4000), 4501)
    assert.equal(add(1, time + 3_600_000), time + 3_600_000)
    assert.equal(plain(0, time + 6000), 6000)
    assert.equal(plain(0, time + 6000), 6001)
    // The clock was set back.
    assert.equal(plain(0, time + 2500), 2500)
  })

  it('are found again after a transaction was rolled back', () => {
    add(0)
    assert.throws(() =>
      store.transaction(() => {
        store.readings.addTimed(name, 1, time, false)
        throw new Error('no space')
      }),
    )
    assert.equal(add(1), time + 1)
  })
})
