import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { day, minute } from '@hearthwatch/protocol/durations'
import { createFullDisk } from '../../commit/full-disk.ts'

describe('A full disk', () => {
  const full = new Error('full')
  let now: number
  let hasRoom: boolean
  let isReserved: boolean
  let tries: number
  let sent: number[]
  let disk: ReturnType<typeof createFullDisk>
  beforeEach(() => {
    now = 0
    hasRoom = false
    isReserved = true
    tries = 0
    sent = []
    disk = createFullDisk({
      reserve: {
        isFull: (error) => error === full,
        release() {
          isReserved = false
        },
        regain() {
          tries += 1
          isReserved ||= hasRoom
          return isReserved
        },
      },
      notify: () => void sent.push(now),
      isOutsideTrouble: () => true,
      now: () => now,
    })
  })

  it('gives the reserved room free, notifies at once and then daily, and pauses until the room is there again', () => {
    disk.failed(full)
    assert.deepEqual([isReserved, sent], [false, [0]])
    assert.equal(disk.mayCommit(), false)
    now = day
    assert.equal(disk.mayCommit(), false)
    assert.deepEqual(sent, [0, day])
    hasRoom = true
    assert.equal(disk.mayCommit(), true)
    disk.succeeded()
    now = day + 1
    hasRoom = false
    disk.failed(full)
    assert.deepEqual(sent, [0, day, day + 1])
  })

  it('that has room for the reserve and for no commit is tried once a minute only', () => {
    disk.failed(full)
    hasRoom = true
    assert.equal(disk.mayCommit(), true)
    disk.failed(full)
    assert.equal(tries, 1)
    assert.equal(disk.mayCommit(), false)
    now = minute
    assert.equal(disk.mayCommit(), true)
    assert.equal(tries, 2)
  })

  it('is told on a later attempt if the notification cannot be written', () => {
    let isWritable = false
    const late = createFullDisk({
      reserve: { isFull: () => true, release: () => {}, regain: () => false },
      notify() {
        if (!isWritable) throw full
        sent.push(now)
      },
      isOutsideTrouble: (error) => error === full,
      now: () => now,
    })
    late.failed(full)
    assert.deepEqual(sent, [])
    isWritable = true
    assert.equal(late.mayCommit(), false)
    assert.deepEqual(sent, [0])
  })

  it('is none after another failure, such as a lock of another program', () => {
    disk.failed(new Error('locked'))
    assert.equal(disk.mayCommit(), true)
    assert.deepEqual([isReserved, sent], [true, []])
  })
})
