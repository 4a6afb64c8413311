import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { day, hour } from '@hearthwatch/protocol/durations'
import { type LimitRule, limitsFor } from '../src/views/room/limits.ts'
import { comparisonOf, distanceOf, limited, moved, shiftsFor, spanOf, windowOf, zoomed } from '../src/views/room/span.ts'
import { dateText, daysBetween, fixedOf, monthsUpTo, namedWindows, periodAt, textOf } from '../src/words/calendar.ts'

const now = Date.UTC(2026, 10, 23, 12)

describe('The time span of a chart', () => {
  it('the span ends now and moves in invisible steps', () => {
    const lastDay = windowOf('day', now + 1, null)
    assert.equal(lastDay.to - lastDay.from, 24 * hour)
    assert.ok(lastDay.to > now && lastDay.to < now + 60_000)
    assert.deepEqual(windowOf('day', now + 900, null), lastDay)
  })

  it('the default span is a day', () => {
    assert.equal(spanOf('week'), 'week')
    assert.equal(spanOf('toString'), 'day')
    assert.equal(spanOf(null), 'day')
  })

  it('the span `all` begins at the first reading', () => {
    const { from } = windowOf('all', now, now - 1000 * hour)
    assert.ok(from <= now - 1000 * hour && from > now - 1100 * hour)
  })

  it('the span is zoomed around its middle and limited to now and to ten seconds', () => {
    const span = { from: now - 24 * hour, to: now }
    assert.deepEqual(zoomed(span, 0.5, now), { kind: 'free', from: now - 18 * hour, to: now - 6 * hour })
    assert.deepEqual(moved(span, -1, now), { kind: 'free', from: now - 36 * hour, to: now - 12 * hour })
    assert.ok(moved(span, 1, now).to <= now + 2.4 * hour)
    const narrow = limited({ from: now - 5, to: now }, now)
    assert.equal(narrow.to - narrow.from, 10_000)
  })

  it('the ends of a zoomed span are whole milliseconds, so that its marks are round times', () => {
    for (const { from, to } of [
      limited({ from: now - 1234.4, to: now - 0.3 }, now),
      zoomed({ from: now - 86_399_999.7, to: now }, 0.37, now),
    ])
      assert.ok(Number.isInteger(from) && Number.isInteger(to), `${from} ${to}`)
  })

  it('the span is compared with a week before, 364 days before, or another room', () => {
    assert.deepEqual(comparisonOf('year'), { kind: 'before', shift: 'year' })
    assert.deepEqual(comparisonOf('room:room:a/b'), { kind: 'room', room: 'room:a/b' })
    assert.deepEqual(comparisonOf('anything'), { kind: 'none' })
  })
})

describe('Fixed dates of a chart', () => {
  const local = (text: string) => new Date(text).getTime()
  const at = local('2026-11-23T12:00')
  const ends = (window: { from: number; to: number }) => [window.from, window.to]

  it('the named windows are whole periods of the calendar', () => {
    assert.deepEqual(ends(namedWindows.today(at)), [local('2026-11-23T00:00'), local('2026-11-24T00:00')])
    assert.deepEqual(ends(namedWindows.yesterday(at)), [local('2026-11-22T00:00'), local('2026-11-23T00:00')])
    assert.deepEqual(ends(namedWindows.lastNight(at)), [local('2026-11-22T20:00'), local('2026-11-23T08:00')])
    assert.deepEqual(ends(namedWindows.lastWeek(at)), [local('2026-11-16T00:00'), local('2026-11-23T00:00')])
    assert.deepEqual(ends(namedWindows.lastWeek(local('2026-11-22T23:59'))), [local('2026-11-09T00:00'), local('2026-11-16T00:00')])
    assert.deepEqual(ends(namedWindows.lastMonth(at)), [local('2026-10-01T00:00'), local('2026-11-01T00:00')])
    assert.deepEqual(
      monthsUpTo(local('2026-03-31T12:00'), 3).map(({ from }) => dateText(from)),
      ['2026-03-01', '2026-02-01', '2026-01-01'],
    )
  })

  it('a window survives in the address, and nonsense there is ignored', () => {
    for (const window of [...Object.values(namedWindows).map((named) => named(at)), limited({ from: at - 5 * hour, to: at }, at)])
      assert.deepEqual(fixedOf(textOf(window)), window)
    assert.equal(textOf(periodAt('week', at)), 'week-2026-11-23')
    for (const text of [
      null,
      '',
      'day-2026-02-30',
      'day-2026',
      'year-2026-01-01',
      '5-5',
      '7-5',
      '-5',
      'week-<b>',
      '5-6-7',
      `${'9'.repeat(16)}-1`,
    ])
      assert.equal(fixedOf(text), null, String(text))
  })

  it('the step from a period leads to the next one, also from the end of a long month', () => {
    assert.deepEqual(moved(periodAt('month', local('2026-03-31T12:00')), -1, at), periodAt('month', local('2026-02-05T00:00')))
    assert.deepEqual(moved(periodAt('night', local('2026-03-31T12:00')), 1, at), periodAt('night', local('2026-04-01T00:00')))
  })

  it('chosen days are whole days, in the right order', () => {
    assert.deepEqual(daysBetween('2026-03-01', '2026-03-01'), periodAt('day', local('2026-03-01T00:00')))
    assert.deepEqual(daysBetween('2026-03-01', '2026-03-03'), {
      kind: 'free',
      from: local('2026-03-01T00:00'),
      to: local('2026-03-04T00:00'),
    })
    for (const [first, last] of [
      ['2026-03-02', '2026-03-01'],
      ['', '2026-03-01'],
      ['2026-03-01', '2026-02-31'],
    ] as const)
      assert.equal(daysBetween(first, last), undefined)
  })

  it('a window is compared with an earlier one that it does not overlap', () => {
    const march = periodAt('month', local('2026-03-15T00:00'))
    assert.deepEqual(shiftsFor(march), ['month', 'year'])
    assert.equal(march.from - distanceOf('month', march), local('2026-02-01T00:00'))
    assert.equal(march.from - distanceOf('year', march), local('2025-03-01T00:00'))
    const week = periodAt('week', at)
    assert.deepEqual(shiftsFor(week), ['week', 'month', 'year'])
    assert.equal(week.from - distanceOf('week', week), local('2026-11-16T00:00'))
    assert.deepEqual(shiftsFor(periodAt('night', at)), ['day', 'week', 'month', 'year'])
    assert.deepEqual(shiftsFor(windowOf('month', now, null)), ['month', 'year'])
    assert.equal(distanceOf('month', windowOf('month', now, null)), 31 * day)
    assert.deepEqual(shiftsFor(windowOf('all', now, now - 900 * day)), ['year'])
  })
})

describe('The limits in a chart', () => {
  const rule: LimitRule = {
    enabled: true,
    quantity: 'temperature',
    rooms: '*',
    condition: 'above',
    limit: 30,
    severity: 'critical',
  }
  const values = (rules: LimitRule[], room = 'kitchen', quantity = 'temperature') =>
    limitsFor(rules, room, quantity).map(({ value }) => value)

  it('limits are those of the enabled rules for the room and quantity', () => {
    assert.deepEqual(values([rule]), [30])
    assert.deepEqual(values([rule], 'kitchen', 'temperature_2'), [30])
    assert.deepEqual(values([rule], 'kitchen', 'humidity'), [])
    assert.deepEqual(values([{ ...rule, enabled: false }]), [])
    assert.deepEqual(values([{ ...rule, rooms: 'attic, kit*' }]), [30])
    assert.deepEqual(values([{ ...rule, rooms: 'kit.*' }]), [])
    assert.deepEqual(values([{ ...rule, rooms: 'Attic、Kitchen' }]), [30])
    assert.deepEqual(values([{ ...rule, rooms: 'Ku\u0308che' }], 'k\u00fcche'), [30])
    assert.deepEqual(values([{ ...rule, rooms: '*廳' }], '客廳'), [30])
    assert.deepEqual(values([{ ...rule, condition: 'outside', limit: [5, 25] }]), [5, 25])
    assert.deepEqual(values([{ ...rule, condition: 'rises', limit: 5 }]), [])
  })
})
