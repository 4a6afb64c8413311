import Type, { type Static } from 'typebox'
import { Alert } from './alerts.ts'
import { name, nullable, Status, time } from './fields.ts'

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
