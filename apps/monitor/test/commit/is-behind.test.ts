import assert from 'node:assert/strict'
import { it } from 'node:test'
import { isBehind } from '../../commit/is-behind.ts'

it('a batch is behind if its last row is older than two intervals and 5 s, whatever rows with a wrong time follow', () => {
  const now = Date.UTC(2026, 10, 23)
  const batch = (...ages: number[]) => ({
    device: 'pi-1',
    epoch: '0123456789abcdef',
    batch: 'b1',
    from: 1,
    to: ages.length,
    now,
    trusted: true,
    rows: ages.map((age, i) => ({ seq: i + 1, time: now - age, values: {} })),
  })
  assert.equal(isBehind(batch(20_000, 10_000, 1000), 10), false)
  assert.equal(isBehind(batch(60_000, 50_000, 40_000), 10), true)
  assert.equal(isBehind(batch(60_000, 50_000, 40_000, Number.NaN), 10), true)
  assert.equal(isBehind(batch(Number.NaN), 10), false)
})
