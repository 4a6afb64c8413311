import { actions, controlMessageId, DesiredConfig, DesiredSettings, Heartbeat, isName } from '@hearthwatch/protocol'
import Type, { type Static } from 'typebox'
import { name, nullable, Status, time } from './fields.ts'

/** A claim of a device that the monitor does not believe, or values that it does not store. */
export const Problem = Type.Object({
  problem: Type.Enum(
    ['topic-of-another', 'not-its-room', 'states-other-room', 'login-removed', 'rows-aside', 'live-differs', 'live-refused', 'taken-over'],
    { description: 'docs/operations.md explains each' },
  ),
  topic: nullable(Type.String({ description: 'the topic that it is about' })),
  room: nullable(Type.String({ description: 'the room that it is about' })),
  device: nullable(Type.String({ description: 'the device that has the topic; null: none with an id' })),
  count: nullable(
    Type.Integer({ minimum: 0, description: 'number of values that were not stored, or of connections that were taken over' }),
  ),
  addresses: Type.Optional(Type.Array(Type.String(), { description: 'of the machines that use one login' })),
  message: Type.String({ description: 'in English' }),
})
export type Problem = Static<typeof Problem>

/** A device of others: what it announces about itself. */
export const ForeignDevice = Type.Object({
  adapter: Type.String({ description: 'how it is followed: discovery, tasmota, zigbee2mqtt, …' }),
  name: Type.String({ description: 'its own name' }),
  maker: nullable(Type.String()),
  model: nullable(Type.String()),
  version: nullable(Type.String()),
  via: nullable(Type.String({ description: 'the device through which it is heard' })),
  silentAfter: nullable(Type.Number({ description: 's that it may be silent; null: learned' })),
  roomFrom: Type.Enum(['suggested_area', 'name', 'device'], { description: 'origin of its first room; device: no room was chosen' }),
  isGateway: Type.Boolean({ description: 'others are heard through it' }),
  isGone: Type.Boolean({ description: 'it is no longer announced' }),
  isIgnored: Type.Boolean({ description: 'a person wants none of its readings' }),
})
export type ForeignDevice = Static<typeof ForeignDevice>

/** An announced value that is not followed. */
export const NotUnderstood = Type.Object({
  topic: Type.String({ description: 'of its announcement' }),
  entity: Type.String(),
  device: Type.String({ description: 'name of its device' }),
  why: Type.String({ description: 'in English' }),
  template: nullable(Type.String()),
})
export type NotUnderstood = Static<typeof NotUnderstood>

export const IgnoredBody = Type.Object({ ignored: Type.Boolean() }, { additionalProperties: false })

export const Device = Type.Object({
  id: nullable(Type.String({ description: 'null: a sensor in this room that has never sent an id' })),
  room: nullable(Type.String()),
  confirmed: Type.Boolean({ description: 'setup or a person has given it its room; false: it is the room of its first info' }),
  status: Status,
  lastSeen: nullable(time),
  epoch: nullable(Type.String({ description: 'of its outbox; null: it has none' })),
  seq: nullable(Type.Integer({ description: 'highest stored sequence number' })),
  missing: Type.Integer({ minimum: 0, description: 'number of lost readings' }),
  outbox: nullable(Type.Integer({ minimum: 0, description: 'number of readings waiting in its outbox' })),
  skew: nullable(Type.Number({ description: 'ms that its clock is ahead' })),
  faulty: Type.Boolean({ description: 'it claims to have an outbox but sends no batches' }),
  heartbeat: nullable(Heartbeat),
  version: nullable(Type.String()),
  interval: nullable(Type.Number({ description: 's between two readings' })),
  probes: Type.Array(
    Type.Object({
      key: Type.String({ description: 'its key in batches and in `offsets`' }),
      topic: Type.String(),
      unit: nullable(Type.String()),
      probe: nullable(Type.String({ description: 'the part that measures it' })),
    }),
    { description: 'the probes in its info' },
  ),
  problems: Type.Array(Problem),
  foreign: nullable(ForeignDevice),
})
export type Device = Static<typeof Device>

/** With any of these parameters the answer is a page, `DevicePage`; without them it has all devices. */
export const DevicesQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'devices of a page; default: 200' })),
  after: Type.Optional(name('the `next` of the page before, with the same search')),
  search: Type.Optional(Type.String({ maxLength: 256, description: 'part of its id, its own name or the name of its room' })),
})
export type DevicesQuery = Static<typeof DevicesQuery>

export const DevicePage = Type.Object({
  devices: Type.Array(Device),
  next: nullable(Type.String({ description: 'give it as `after` to get the next page; null: this is the last one' })),
  found: Type.Integer({ minimum: 0, description: 'devices on all pages' }),
  total: Type.Integer({ minimum: 0, description: 'devices of the house' }),
})
export type DevicePage = Static<typeof DevicePage>

export const DeviceParams = Type.Object({ id: name('the device') })

export const RoomBody = Type.Object(
  {
    room: Type.Refine(
      Type.String({ minLength: 1, maxLength: 64, description: 'the room of the device' }),
      (text) => isName(text),
      () => 'is not a name',
    ),
  },
  { additionalProperties: false },
)
export type RoomBody = Static<typeof RoomBody>

export const Presence = Type.Array(
  Type.Object({
    date: Type.String({ format: 'date', description: 'local' }),
    share: nullable(Type.Number({ minimum: 0, maximum: 1, description: 'of its time with readings; null: before the first of them' })),
  }),
  { description: 'the last 90 days, the oldest first' },
)
export type Presence = Static<typeof Presence>

export const GapsQuery = Type.Object({ device: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })) })

export const Gap = Type.Object({
  device: Type.String(),
  epoch: Type.String({ description: 'of the outbox' }),
  from: Type.Integer({ minimum: 1 }),
  to: Type.Integer({ minimum: 1 }),
  count: Type.Integer({ minimum: 1, description: 'number of lost readings' }),
  noticed: time,
})
export type Gap = Static<typeof Gap>

export const DeviceConfig = Type.Object({
  wanted: nullable(DesiredConfig),
  reported: nullable(
    Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]), {
      description: 'the settings in force; null: not reported',
    }),
  ),
  response: nullable(
    Type.Object(
      { id: Type.String(), ok: Type.Boolean(), error: nullable(Type.String()), time },
      { description: 'its response to the desired settings; null: none yet' },
    ),
  ),
})
export type DeviceConfig = Static<typeof DeviceConfig>

export const WantedBody = Type.Object(
  { id: Type.Optional(controlMessageId('id of these settings; default: a new one')), ...DesiredSettings.properties },
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
