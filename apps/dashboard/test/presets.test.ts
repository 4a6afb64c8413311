import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Room } from '@hearthwatch/api/rooms'
import { nowTrue } from '../src/views/rules/now-true.ts'
import { roomsFor } from '../src/views/rules/presets.ts'

const now = Date.UTC(2026, 10, 29, 12)
const room = (name: string, values: Record<string, number>, stale = false): Room => ({
  room: name,
  name: null,
  icon: null,
  group: null,
  status: 'online',
  quantities: Object.fromEntries(Object.entries(values).map(([quantity, value]) => [quantity, { value, unit: '', time: now, stale }])),
  devices: [],
  alerts: [],
})

describe('A template of a rule', () => {
  const house = [
    room('kitchen', { temperature: 22, humidity: 80 }),
    room('Gefriertruhe', { temperature: -18.6 }),
    room('hall', { humidity: 50 }),
  ]

  it('for a freezer has the rooms that are as cold or are called so, and none in a house without one', () => {
    assert.equal(roomsFor('freezer', house), 'Gefriertruhe')
    assert.equal(roomsFor('freezer', [room('Freezer 2', { temperature: 4 }), room('hall', {})]), 'Freezer 2')
    assert.equal(roomsFor('freezer', [room('kitchen', { temperature: 22 })]), '')
  })

  it('leaves out the rooms in which it would fire at once', () => {
    assert.equal(roomsFor('frost', house), 'kitchen')
    assert.equal(roomsFor('damp', house), 'hall')
    assert.equal(roomsFor('frost', [room('a, b', { temperature: 20 }), room('cellar', { temperature: 1 })]), 'a* b')
    assert.equal(roomsFor('frost', [room('kitchen', { temperature: 22 })]), '*')
    assert.equal(roomsFor('rise', house), '*')
  })
})

describe('The rooms in which a rule is true now', () => {
  const above = { condition: 'above', quantity: 'temperature', limit: 20, rooms: '*' } as const
  it('are counted among those with a current value, every probe included', () => {
    const house = [room('a', { temperature: 22 }), room('b', { temperature: 19, temperature_2: 25 }), room('c', { temperature: 18 })]
    assert.deepEqual(nowTrue(above, house), { known: ['a', 'b', 'c'], true: ['a', 'b'] })
    assert.deepEqual(nowTrue({ ...above, rooms: 'c, d' }, [...house, room('d', { temperature: 30 }, true)]), { known: ['c'], true: [] })
    assert.deepEqual(nowTrue({ ...above, condition: 'outside', limit: [18.5, 23] }, house)?.true, ['b', 'c'])
  })

  it('cannot be told of changes, of silence, or without a limit', () => {
    for (const rule of [{ ...above, condition: 'rises' as const }, { condition: 'silent' as const }, { ...above, limit: Number.NaN }])
      assert.equal(nowTrue(rule, [room('a', { temperature: 22 })]), null)
  })
})
