import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hour } from '@hearthwatch/protocol/durations'
import { csvOf } from '../src/views/room/export.ts'
import { type LimitRule, limitsFor } from '../src/views/room/limits.ts'
import { comparisonOf, limited, moved, spanOf, windowOf, zoomed } from '../src/views/room/span.ts'

const now = Date.UTC(2026, 10, 23, 12)

describe('The time span of a chart', () => {
  it('the span ends now and moves in invisible steps', () => {
    const day = windowOf('day', now + 1, null)
    assert.equal(day.to - day.from, 24 * hour)
    assert.ok(day.to > now && day.to < now + 60_000)
    assert.deepEqual(windowOf('day', now + 900, null), day)
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
    const day = { from: now - 24 * hour, to: now }
    assert.deepEqual(zoomed(day, 0.5, now), { from: now - 18 * hour, to: now - 6 * hour })
    assert.deepEqual(moved(day, -0.5, now), { from: now - 36 * hour, to: now - 12 * hour })
    assert.ok(moved(day, 5, now).to <= now + 2.4 * hour)
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

describe('The CSV of a chart', () => {
  it('the CSV has one line per point, without formulas or extra columns', () => {
    const line = { label: '=cmd(), "x"', resolution: 0, points: [[0, 1, 2, 3, 4]] as [number, number, number, number, number][] }
    const [head, row, end] = csvOf([line], 'temperature', '°C').split('\n')
    assert.equal(head, 'series,quantity,unit,time,resolution_ms,min,mean,max,count')
    assert.equal(row, `"'=cmd(), ""x""",temperature,°C,1970-01-01T00:00:00.000Z,0,1,2,3,4`)
    assert.equal(end, '')
  })
})
