import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { allowance, monthStart } from '../../notify/budget.ts'

describe('A budget of 200 messages a month', () => {
  const ask = (used: number, severity: 'info' | 'warning' | 'critical' = 'warning') => allowance(200, used, severity)

  it('allows only critical messages when nine tenths are used, and no message when all of it is used', () => {
    assert.equal(ask(179).refusal, null)
    assert.equal(ask(180).refusal?.en, 'Only critical alerts may use the last 20 of this month’s 200 messages.')
    assert.equal(ask(180, 'critical').refusal, null)
    assert.equal(ask(199, 'critical').refusal, null)
    assert.equal(ask(200, 'critical').refusal?.en, 'All 200 messages of this month are used up.')
    assert.equal(ask(500, 'info').refusal?.en, 'All 200 messages of this month are used up.')
  })

  it('warns once when four fifths are used', () => {
    const warnings = Array.from({ length: 200 }, (_, used) => ask(used, 'critical')).filter(
      (answer) => answer.refusal === null && answer.isWarning,
    )
    assert.equal(warnings.length, 1)
    assert.deepEqual(ask(159), { refusal: null, isWarning: true })
  })

  it('of one message allows a critical message only', () => {
    assert.notEqual(allowance(1, 0, 'warning').refusal, null)
    assert.equal(allowance(1, 0, 'critical').refusal, null)
    assert.notEqual(allowance(1, 1, 'critical').refusal, null)
  })
})

describe('The month of a budget', () => {
  it('begins at local midnight of its first day', () => {
    const start = (now: string, zone: string) => new Date(monthStart(Date.parse(now), zone)).toISOString()
    assert.equal(start('2026-11-23T06:00:00Z', 'Asia/Taipei'), '2026-10-31T16:00:00.000Z')
    assert.equal(start('2026-10-31T16:00:00Z', 'Asia/Taipei'), '2026-10-31T16:00:00.000Z')
    assert.equal(start('2026-10-31T15:59:59Z', 'Asia/Taipei'), '2026-09-30T16:00:00.000Z')
    assert.equal(start('2026-04-15T06:00:00Z', 'Europe/Berlin'), '2026-03-31T22:00:00.000Z', 'in summer time')
    assert.equal(start('2026-01-01T00:30:00Z', 'America/New_York'), '2025-12-01T05:00:00.000Z')
  })
})
