import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hour } from '@hearthwatch/protocol/durations'
import { dayBounds, localDate, wallTime } from '../localtime.ts'

const at = (iso: string) => Date.parse(iso)

describe('A local date', () => {
  it('is the date in the time zone, not the date in UTC', () => {
    assert.equal(localDate(at('2026-11-22T16:00:00Z'), 'Asia/Taipei'), '2026-11-23')
    assert.equal(localDate(at('2026-11-22T15:59:59.999Z'), 'Asia/Taipei'), '2026-11-22')
    assert.equal(localDate(at('2026-11-23T04:59:59Z'), 'America/New_York'), '2026-11-22')
  })

  const days: [zone: string, date: string, from: string, hours: number, why: string][] = [
    ['Asia/Taipei', '2026-11-23', '2026-11-22T16:00:00Z', 24, 'without daylight saving'],
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00Z', 23, 'when daylight saving begins'],
    ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00Z', 25, 'when daylight saving ends'],
    ['America/New_York', '2026-03-08', '2026-03-08T05:00:00Z', 23, 'when daylight saving begins'],
    ['America/New_York', '2026-11-01', '2026-11-01T04:00:00Z', 25, 'when daylight saving ends'],
    ['Australia/Lord_Howe', '2026-10-04', '2026-10-03T13:30:00Z', 23.5, 'where the clock moves by half an hour'],
    ['America/Santiago', '2026-09-06', '2026-09-06T04:00:00Z', 23, 'where the clock skips midnight'],
    ['America/Santiago', '2026-04-04', '2026-04-04T03:00:00Z', 25, 'where midnight occurs twice'],
  ]
  for (const [zone, date, from, hours, why] of days) {
    it(`has ${hours} hours in ${zone} on ${date}, ${why}`, () => {
      assert.deepEqual(dayBounds(date, zone), { from: at(from), to: at(from) + hours * hour })
    })
  }

  it('begins where the date before ends, on each day of a year', () => {
    for (const zone of ['Europe/Berlin', 'America/New_York', 'America/Santiago', 'Pacific/Kiritimati', 'Pacific/Pago_Pago']) {
      let end = dayBounds('2025-12-31', zone).to
      for (let i = 0; i < 365; i++) {
        const date = new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10)
        const { from, to } = dayBounds(date, zone)
        assert.equal(from, end)
        assert.equal(localDate(from, zone), date)
        assert.equal(localDate(to - 1, zone), date)
        end = to
      }
    }
  })

  it('that does not exist in the calendar throws a RangeError', () => {
    for (const date of ['2026-02-29', '2026-13-01', 'today', '']) assert.throws(() => dayBounds(date, 'Asia/Taipei'), RangeError)
  })
})

describe('The local time', () => {
  it('skips an hour when daylight saving begins, and repeats one when it ends', () => {
    assert.equal(wallTime(at('2026-03-29T00:59:59Z'), 'Europe/Berlin'), at('2026-03-29T01:59:59Z'))
    assert.equal(wallTime(at('2026-03-29T01:00:00Z'), 'Europe/Berlin'), at('2026-03-29T03:00:00Z'))
    assert.equal(wallTime(at('2026-10-25T00:30:00Z'), 'Europe/Berlin'), at('2026-10-25T02:30:00Z'))
    assert.equal(wallTime(at('2026-10-25T01:30:00Z'), 'Europe/Berlin'), at('2026-10-25T02:30:00Z'))
  })
})
