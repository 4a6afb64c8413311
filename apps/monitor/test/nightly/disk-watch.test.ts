import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { day, hour, minute } from '@hearthwatch/protocol/durations'
import { watchDisk } from '../../nightly/disk-watch.ts'

const room = 1000

describe('The disk of the database', () => {
  it('is reported from 90 % on, until less than 87 % are used', () => {
    let free = 200
    const { trouble } = watchDisk('/data/house.db', () => ({ free, room }))
    assert.equal(trouble(0), null)
    free = 100
    assert.equal(trouble(minute - 1), null, 'it is looked at once a minute')
    assert.equal(trouble(minute), '90 %')
    free = 120
    assert.equal(trouble(2 * minute), '88 %')
    free = 140
    assert.equal(trouble(3 * minute), null)
  })

  it('is reported 30 days before it is full by the growth seen, which must last a day', () => {
    let free = 900
    const { trouble } = watchDisk('/data/house.db', () => ({ free, room }))
    for (let at = 0; at < day; at += hour) {
      assert.equal(trouble(at), null)
      free -= 2
    }
    assert.match(trouble(day) ?? '', /^14 %, 17 d$/)
  })

  it('that cannot be looked at is not reported', () => {
    const { trouble } = watchDisk('/data/house.db', () => {
      throw new Error('no such folder')
    })
    assert.equal(trouble(0), null)
  })
})
