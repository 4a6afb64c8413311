import { actions, controlMessageId, DesiredConfig, DesiredSettings, Heartbeat } from '@hearthwatch/protocol'
import Type, { type Static } from 'typebox'
import { name, nullable, Status, time } from './fields.ts'

export const Device = Type.Object({
  id: nullable(Type.String({ description: 'null for whoever reports from this room without ever saying who it is' })),
  room: nullable(Type.String()),
  status: Status,
  lastSeen: nullable(time),
  epoch: nullable(Type.String({ description: 'of its record; null: it keeps none' })),
  seq: nullable(Type.Integer({ description: 'highest number of its record that is kept here' })),
  missing: Type.Integer({ minimum: 0, description: 'readings of its record that are lost' }),
  outbox: nullable(Type.Integer({ minimum: 0, description: 'readings that it still has to send' })),
  skew: nullable(Type.Number({ description: 'ms that its clock is ahead' })),
  faulty: Type.Boolean({ description: 'it says that it keeps a record, and brings no rows of it' }),
  heartbeat: nullable(Heartbeat),
  version: nullable(Type.String()),
  interval: nullable(Type.Number({ description: 's between two readings' })),
  probes: Type.Array(
    Type.Object({
      key: Type.String({ description: 'its name in the record and among `offsets`' }),
      topic: Type.String(),
      unit: nullable(Type.String()),
      probe: nullable(Type.String({ description: 'the part that measures it' })),
    }),
    { description: 'what it says that it measures' },
  ),
})
export type Device = Static<typeof Device>

export const DeviceParams = Type.Object({ id: name('the device') })

export const GapsQuery = Type.Object({ device: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })) })

export const Gap = Type.Object({
  device: Type.String(),
  epoch: Type.String({ description: 'of the record in which numbers are lost' }),
  from: Type.Integer({ minimum: 1 }),
  to: Type.Integer({ minimum: 1 }),
  count: Type.Integer({ minimum: 1, description: 'how many numbers, a reading each' }),
  noticed: time,
})
export type Gap = Static<typeof Gap>

export const DeviceConfig = Type.Object({
  wanted: nullable(DesiredConfig),
  reported: nullable(
    Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]), {
      description: 'what it says is in force; null: it says nothing of it',
    }),
  ),
  response: nullable(
    Type.Object(
      { id: Type.String(), ok: Type.Boolean(), error: nullable(Type.String()), time },
      { description: 'what it said to the wanted one; null: nothing yet' },
    ),
  ),
})
export type DeviceConfig = Static<typeof DeviceConfig>

export const WantedBody = Type.Object(
  { id: Type.Optional(controlMessageId('its name; default: one is made')), ...DesiredSettings.properties },
  { additionalProperties: false },
)
export type WantedBody = Static<typeof WantedBody>

export const Command = Type.Object({
  id: Type.String(),
  action: Type.Enum([...actions]),
  created: time,
  sent: nullable(time),
  answered: nullable(time),
  ok: nullable(Type.Boolean()),
  error: nullable(Type.String()),
})
export type Command = Static<typeof Command>

export const CommandBody = Type.Object({ action: Type.Enum([...actions]) })
export type CommandBody = Static<typeof CommandBody>
