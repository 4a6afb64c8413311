import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Room } from '@hearthwatch/api/rooms'
import { chosenRooms } from '../src/views/home/choose.ts'
import { grouped } from '../src/views/home/groups.ts'

const room = (about: object): Room =>
  ({ name: null, icon: null, status: 'online', quantities: {}, devices: [], alerts: [], ...about }) as unknown as Room
const rooms = [
  room({ room: 'attic' }),
  room({ room: 'bath', name: 'B\u00e4derraum', quantities: { temperature: { stale: true } } }),
  room({ room: 'cellar', status: 'offline' }),
  room({ room: 'den', alerts: [{ severity: 'warning' }] }),
  room({ room: 'entry', name: '玄關', alerts: [{ severity: 'info' }, { severity: 'critical' }] }),
]
const names = (text: string, isByTrouble = false) => chosenRooms(rooms, text, isByTrouble).map((one) => one.room)

describe('Groups of rooms', () => {
  const names = (list: readonly Room[]) => grouped(list).map(({ name, rooms: members }) => [name, ...members.map((one) => one.room)])

  it('a group stands at the place of its first room, and rooms without one come last', () => {
    const list = [
      room({ room: 'hall' }),
      room({ room: 'bed', group: '樓上' }),
      room({ room: 'cook', group: 'Down' }),
      room({ room: 'bath', group: '樓上' }),
    ]
    assert.deepEqual(names(list), [
      ['樓上', 'bed', 'bath'],
      ['Down', 'cook'],
      [null, 'hall'],
    ])
    assert.deepEqual(names([room({ room: 'hall', group: null })]), [[null, 'hall']])
  })
})

describe('Home with many rooms', () => {
  it('a room is found by its name for people or in MQTT, without marks and capitals', () => {
    assert.deepEqual(names(' BADER'), ['bath'])
    assert.deepEqual(names('玄'), ['entry'])
    assert.deepEqual(names('en'), ['den', 'entry'])
    assert.deepEqual(names('nowhere'), [])
  })

  it('the worst room is first, and equal ones keep their order', () => {
    assert.deepEqual(names('', true), ['entry', 'den', 'cellar', 'bath', 'attic'])
    assert.deepEqual(names(''), ['attic', 'bath', 'cellar', 'den', 'entry'])
  })
})
