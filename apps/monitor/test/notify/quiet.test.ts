import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Quiet } from '../../notify/channels/channel.ts'
import { quietUntil } from '../../notify/quiet.ts'

const hours = (from: string, until: string, given: Partial<Quiet> = {}): Quiet => {
  const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
  return { from: minutes(from), until: minutes(until), days: new Set([0, 1, 2, 3, 4, 5, 6]), zone: 'Asia/Taipei', ...given }
}
/** End of the current quiet hours, in UTC; null: outside of quiet hours. */
const end = (quiet: Quiet | null, now: string) => {
  const until = quietUntil(quiet, Date.parse(now))
  return until === null ? null : new Date(until).toISOString().slice(0, 16)
}

describe('Quiet hours', () => {
  it('begin and end in local time, to the minute', () => {
    const nap = hours('13:00', '14:30')
    assert.equal(end(nap, '2026-11-23T04:59:59.999Z'), null)
    assert.equal(end(nap, '2026-11-23T05:00:00Z'), '2026-11-23T06:30')
    assert.equal(end(nap, '2026-11-23T06:29:59Z'), '2026-11-23T06:30')
    assert.equal(end(nap, '2026-11-23T06:30:00Z'), null)
    assert.equal(end(null, '2026-11-23T05:30:00Z'), null)
  })

  it('can last over midnight, and almost a whole day', () => {
    const night = hours('22:00', '07:00')
    assert.equal(end(night, '2026-11-23T13:59:00Z'), null)
    assert.equal(end(night, '2026-11-23T14:00:00Z'), '2026-11-23T23:00')
    assert.equal(end(night, '2026-11-23T22:59:00Z'), '2026-11-23T23:00')
    assert.equal(end(night, '2026-11-23T23:00:00Z'), null)
    const sunday = hours('00:00', '00:00', { days: new Set([0]) })
    assert.equal(end(sunday, '2026-11-21T16:00:00Z'), '2026-11-22T16:00')
    assert.equal(end(sunday, '2026-11-22T16:00:00Z'), null)
  })

  it('are assigned to the day on which they begin', () => {
    const weekdays = hours('22:00', '07:00', { days: new Set([1, 2, 3, 4, 5]) })
    // Friday, 27 November: the night to Saturday is one of Friday's, that to Sunday is not.
    assert.equal(end(weekdays, '2026-11-27T20:00:00Z'), '2026-11-27T23:00')
    assert.equal(end(weekdays, '2026-11-28T15:00:00Z'), null)
    assert.equal(end(weekdays, '2026-11-29T20:00:00Z'), null)
    assert.equal(end(weekdays, '2026-11-30T15:00:00Z'), '2026-11-30T23:00')
  })

  it('are an hour shorter or longer if daylight saving time changes during them', () => {
    const night = hours('22:00', '07:00', { zone: 'Europe/Berlin' })
    assert.equal(end(night, '2026-03-28T21:00:00Z'), '2026-03-29T05:00', 'eight hours')
    assert.equal(end(night, '2026-03-29T04:59:00Z'), '2026-03-29T05:00')
    assert.equal(end(night, '2026-10-24T20:00:00Z'), '2026-10-25T06:00', 'ten hours')
    assert.equal(end(night, '2026-10-25T01:30:00Z'), '2026-10-25T06:00', 'in the hour that comes twice')
  })

  it('that would end within the skipped hour end with the clock change', () => {
    assert.equal(end(hours('22:00', '02:30', { zone: 'Europe/Berlin' }), '2026-03-29T00:59:00Z'), '2026-03-29T01:00')
  })
})
