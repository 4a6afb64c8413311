import Type, { type Static } from 'typebox'
import { Alert } from './alerts.ts'
import { name, nullable, Status, time } from './fields.ts'
import { roomOrders } from './room-order.ts'

export const Health = Type.Object({
  status: Type.Enum(['ok', 'error']),
  mqtt: Type.String({ description: '`connected`, or what is wrong' }),
  connection: Type.Optional(
    Type.Object(
      { en: Type.String(), 'zh-TW': Type.String() },
      { description: 'why there is no connection to the broker, in each language' },
    ),
  ),
  database: Type.String({ description: '`ok`, or what is wrong' }),
  undelivered: Type.Optional(
    Type.Array(Type.String(), { description: 'topics that the broker does not deliver although it accepts the monitor; absent: none' }),
  ),
  version: Type.String(),
})
export type Health = Static<typeof Health>

export const Room = Type.Object({
  room: Type.String(),
  name: nullable(Type.String({ description: 'display name' })),
  icon: nullable(Type.String()),
  group: nullable(Type.String({ description: 'heading on home, such as a floor' })),
  status: Status,
  quantities: Type.Record(
    Type.String(),
    Type.Object({
      value: Type.Number(),
      unit: Type.String({ description: 'empty: unknown' }),
      time,
      stale: Type.Boolean({ description: 'too old to be current' }),
    }),
  ),
  devices: Type.Array(Type.String()),
  alerts: Type.Array(Alert),
})
export type Room = Static<typeof Room>

/** With any of these parameters the answer is a page, `RoomPage`; without them it has all rooms. */
export const RoomsQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'rooms of a page; default: 200' })),
  after: Type.Optional(name('the `next` of the page before, with the same other parameters')),
  search: Type.Optional(
    Type.String({ maxLength: 256, description: 'part of its name in MQTT or of its display name; accents and capitals do not count' }),
  ),
  group: Type.Optional(Type.String({ maxLength: 64, description: 'only rooms of this group' })),
  order: Type.Optional(
    Type.Enum([...roomOrders], {
      description: 'own: by position and name, the default; home: the same, and the rooms of a group together; trouble: the worst first',
    }),
  ),
})
export type RoomsQuery = Static<typeof RoomsQuery>

const counts = {
  total: Type.Integer({ minimum: 0, description: 'rooms of the house' }),
  online: Type.Integer({ minimum: 0, description: 'rooms of the house that are online' }),
}

export const RoomPage = Type.Object({
  rooms: Type.Array(Room),
  next: nullable(Type.String({ description: 'give it as `after` to get the next page; null: this is the last one' })),
  found: Type.Integer({ minimum: 0, description: 'rooms on all pages' }),
  ...counts,
  groups: Type.Array(Type.String(), { description: 'of the house, in their order' }),
})
export type RoomPage = Static<typeof RoomPage>

/** Most rooms of which one stream of events can be limited. */
export const mostShown = 500

export const StreamParams = Type.Object({ stream: Type.String({ minLength: 1, maxLength: 64, description: 'as in `GET /api/events`' }) })

export const ShownBody = Type.Object(
  {
    rooms: nullable(
      Type.Array(name('a room'), {
        maxItems: mostShown,
        description: 'the stream has readings and statuses of these rooms only; null: of all, and the answer has no rooms',
      }),
    ),
  },
  { additionalProperties: false },
)

export const ShownRooms = Type.Object({
  rooms: Type.Array(Room, { description: 'those of the named rooms that exist, in the same order' }),
  ...counts,
})
export type ShownRooms = Static<typeof ShownRooms>

export const BatteriesQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'at most so many; default: all' })),
})

export const Battery = Type.Object({
  room: Type.String(),
  name: nullable(Type.String({ description: 'display name of the room' })),
  quantity: Type.String({ description: '`battery`, `battery_2` …' }),
  value: Type.Number({ description: '%' }),
  time,
  stale: Type.Boolean({ description: 'too old to be current' }),
  low: Type.Boolean({ description: 'almost empty: at most 15 %' }),
  left: nullable(
    Type.Integer({
      description: 'days until it is empty, at its pace of the last weeks; null: it does not fall, or is known for less than a week',
    }),
  ),
})

export type Battery = Static<typeof Battery>

export const RoomParams = Type.Object({ room: name('the room') })

export const ForgetRoomQuery = Type.Object({
  history: Type.Optional(Type.Enum(['keep', 'delete'], { description: 'what becomes of its readings; default: keep' })),
})
