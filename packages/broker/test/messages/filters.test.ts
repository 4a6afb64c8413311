import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matches } from '@hearthwatch/protocol'
import fc from 'fast-check'
import { openFilters, unlimited } from '../../messages/filters.ts'

const level = fc.constantFrom('a', 'b', '', '$x')
const topic = fc.array(level, { minLength: 1, maxLength: 5 }).map((levels) => levels.join('/'))
const filter = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { maxLength: 4 }), fc.oneof(level, fc.constantFrom('+', '#')))
  .map(([levels, last]) => [...levels, last].join('/'))
const qos = fc.constantFrom(0, 1, 2)

describe('openFilters', () => {
  it('finds the highest QoS of the filters that match, like matching them one by one', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(filter, qos)), fc.array(filter), topic, (added, removed, topic) => {
        const filters = openFilters(unlimited)
        for (const [filter, qos] of added) filters.set(filter, qos)
        for (const filter of removed) filters.delete(filter)
        const left = new Map(added)
        for (const filter of removed) left.delete(filter)
        assert.deepEqual(new Map(filters.all().map(({ topic, qos }) => [topic, qos])), left)
        const found = [...left].filter(([filter]) => matches(filter, topic)).map(([, qos]) => qos)
        assert.equal(filters.best(topic), found.length === 0 ? undefined : Math.max(...found))
      }),
      { numRuns: 500 },
    )
  })

  it('filters are refused above the limit of their number, and known ones can still change their QoS', () => {
    const filters = openFilters({ count: 2, bytes: 1000 })
    assert.deepEqual(
      (['a', 'b', 'c', 'a'] as const).map((filter) => filters.set(filter, 1)),
      [true, true, false, true],
    )
    filters.delete('b')
    assert.equal(filters.set('c', 1), true)
  })

  it('filters are refused above the limit of their size, in which each level counts', () => {
    assert.equal(openFilters({ count: 100, bytes: 1000 }).set('a'.repeat(900), 0), true)
    assert.equal(openFilters({ count: 100, bytes: 1000 }).set('a'.repeat(1000), 0), false)
    assert.equal(openFilters({ count: 100, bytes: 1000 }).set('a/'.repeat(40), 0), false)
    const filters = openFilters({ count: 100, bytes: 100 })
    for (let i = 0; i < 100; i++) {
      assert.equal(filters.set(`home/${i}`, 0), true)
      filters.delete(`home/${i}`)
    }
  })

  it('a look-up among 14,000 filters costs little', () => {
    const filters = openFilters(unlimited)
    for (let i = 0; i < 14_000; i++) filters.set(`home/room-${i}/+`, 1)
    const start = process.cpuUsage()
    for (let i = 0; i < 10_000; i++) assert.equal(filters.best('home/room-13999/temperature'), 1)
    // Matching them one by one takes 20 s.
    assert(process.cpuUsage(start).user < 2_000_000)
  })
})
