import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hour, minute, second } from '@hearthwatch/protocol/durations'
import { createLiveCheck } from '../../devices/live-check.ts'

const topic = 'home/kitchen/temperature'
const row = (value: number, taken: number) => ({ value, taken })

describe('The comparison of live readings with the record', () => {
  it('finds no difference if each live reading has its row, whichever arrives first', () => {
    const check = createLiveCheck()
    for (let at = 0; at < 10 * minute; at += 30 * second) {
      check.live(topic, 20.001, at + 200, true)
      check.rows(topic, [row(20.0012, at), row(21, at + 20 * second)], 0)
      check.live(topic, 21, at + 21 * second, true)
    }
    assert.equal(check.differs(topic, 10 * minute, 5 * minute), false)
  })

  it('finds none for a value that a sensor publishes again when it reconnects', () => {
    const check = createLiveCheck()
    check.live(topic, 20, 0, false)
    check.rows(topic, [row(20, 0)], 0)
    check.live(topic, 20, 20 * minute, false)
    check.rows(topic, [row(22, 21 * minute)], 0)
    assert.equal(check.differs(topic, 21 * minute, minute), false)
  })

  it('finds a reading that would end an alert and that the record passes over, and forgets it after an hour', () => {
    const check = createLiveCheck()
    check.live(topic, 20, 10 * second, true)
    check.rows(topic, [row(35, 5 * second), row(35, 14 * second)], 0)
    assert.equal(check.differs(topic, 14 * second, minute), false, 'its row may still come')
    check.rows(topic, [row(35, 24 * second)], 0)
    assert.equal(check.differs(topic, 24 * second, minute), true)
    assert.equal(check.differs(topic, 2 * hour, minute), false)
  })

  it('finds two readings in a row that the record passes over, and not one', () => {
    const check = createLiveCheck()
    check.live(topic, 1, 0, false)
    check.rows(topic, [row(35, minute)], 0)
    assert.equal(check.differs(topic, minute, minute), false)
    check.live(topic, 2, minute, false)
    check.rows(topic, [row(35, 2 * minute)], 0)
    assert.equal(check.differs(topic, 2 * minute, minute), true)
  })

  it('finds a reading that would end an alert while no record arrives at all', () => {
    const check = createLiveCheck()
    check.live(topic, 20, 0, true)
    assert.equal(check.differs(topic, minute, 2 * minute), false)
    assert.equal(check.differs(topic, 3 * minute, 2 * minute), true)
    assert.equal(check.differs('home/other/temperature', 0, 0), false)
  })

  it('finds a topic whose record arrives for a minute without any live reading, until one arrives', () => {
    const check = createLiveCheck()
    check.live(topic, 20, 0, false)
    for (const at of [0, minute / 2]) check.rows(topic, [row(20, at)], at)
    assert.equal(check.isUnheard(topic, minute), false, 'two batches may be on their way before a live reading')
    check.rows(topic, [row(20, minute)], minute)
    assert.equal(check.isUnheard(topic, minute), true)
    check.live(topic, 20, minute + second, false)
    assert.equal(check.isUnheard(topic, minute + second), false)
  })
})
