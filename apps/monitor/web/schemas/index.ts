import { actions, Heartbeat, orderId, WantedConfig, WantedSettings } from '@hearthwatch/protocol'
import Type, { type TSchema } from 'typebox'
import { conditions, RuleMessage } from '../../alerts/rule.ts'

// Each shape of the HTTP contract, once: the type, the check and the document are all made from it.

const time = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'ms since the epoch, UTC' })
const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])
const name = (description: string) => Type.String({ minLength: 1, maxLength: 256, description })
const count = Type.Integer({ minimum: 0 })

const status = Type.Enum(['online', 'offline', 'unknown'])
const alertState = Type.Enum(['pending', 'firing', 'recovering', 'resolved'])

export const Fault = Type.Object({ error: Type.String({ description: 'what is wrong, for people' }) })

export const Health = Type.Object({
  status: Type.Enum(['ok', 'error']),
  mqtt: Type.String({ description: '`connected`, or what is wrong' }),
  database: Type.String({ description: '`ok`, or what is wrong' }),
  version: Type.String(),
})

export const Alert = Type.Object({
  id: Type.Integer(),
  rule: Type.String(),
  condition: Type.Enum([...conditions, 'message', 'broker'], {
    description:
      'what is the matter; of `outside` the side that was crossed; `message`: a foreign sensor says so; `broker`: our own link is down',
  }),
  room: nullable(Type.String()),
  device: nullable(Type.String()),
  quantity: nullable(Type.String()),
  state: alertState,
  severity: Type.Enum(['info', 'warning', 'critical']),
  value: nullable(Type.Number({ description: 'of `rises` and `falls` the amount' })),
  limit: nullable(Type.Number({ description: 'that was crossed' })),
  window: nullable(Type.Number({ description: 'ms: within which it rose or fell' })),
  started: time,
  fired: nullable(time),
  resolved: nullable(time),
  acknowledged: nullable(time),
  silenced: nullable(Type.Integer({ description: 'ms: until when nobody is told of it' })),
  inhibited: nullable(Type.String({ description: 'the rule whose alert explains this one' })),
  tellings: Type.Integer({ minimum: 0, description: 'how often people were told that it is on' }),
  noData: Type.Boolean({ description: 'on because readings stay away, not for what they say' }),
  late: Type.Boolean({ description: 'noticed only when it was over' }),
  text: nullable(Type.String({ description: 'what a foreign sensor said' })),
  words: nullable(RuleMessage),
  message: Type.String({ description: 'a sentence for people, in `UI_LANGUAGE`' }),
})

export const Room = Type.Object({
  room: Type.String(),
  name: nullable(Type.String({ description: 'what people call it' })),
  icon: nullable(Type.String()),
  status,
  quantities: Type.Record(
    Type.String(),
    Type.Object({
      value: Type.Number(),
      unit: Type.String({ description: 'empty where nobody knows it' }),
      time,
      stale: Type.Boolean({ description: 'too old to be "now"' }),
    }),
  ),
  devices: Type.Array(Type.String()),
  alerts: Type.Array(Alert),
})

export const Device = Type.Object({
  id: nullable(Type.String({ description: 'null for whoever reports from this room without ever saying who it is' })),
  room: nullable(Type.String()),
  status,
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

export const GapsQuery = Type.Object({ device: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })) })

export const Gap = Type.Object({
  device: Type.String(),
  epoch: Type.String({ description: 'of the record in which numbers are lost' }),
  from: Type.Integer({ minimum: 1 }),
  to: Type.Integer({ minimum: 1 }),
  count: Type.Integer({ minimum: 1, description: 'how many numbers, a reading each' }),
  noticed: time,
})

export const DeviceConfig = Type.Object({
  wanted: nullable(WantedConfig),
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

export const Command = Type.Object({
  id: Type.String(),
  action: Type.Enum([...actions]),
  created: time,
  sent: nullable(time),
  answered: nullable(time),
  ok: nullable(Type.Boolean()),
  error: nullable(Type.String()),
})

export const Notification = Type.Object({
  id: Type.Integer(),
  channel: Type.String(),
  state: Type.Enum(['pending', 'sent', 'failed']),
  severity: Type.Enum(['info', 'warning', 'critical']),
  kind: Type.Enum(['alert', 'late-alert', 'late-text', 'summary'], {
    description: '`late-…`: what became known only when it was over',
  }),
  room: nullable(Type.String()),
  attempts: count,
  created: time,
  sent: nullable(time),
  held: nullable(Type.Integer({ description: 'ms: until when quiet hours hold it back; null: they do not' })),
  subject: nullable(Type.String()),
  error: nullable(Type.String()),
})

export const Readings = Type.Object({
  room: Type.String(),
  quantity: Type.String(),
  unit: Type.String(),
  resolution: Type.Integer({
    minimum: 0,
    description:
      'ms between the starts of two buckets; 0: each point is a reading. From 300000 on a multiple of that, from 3600000 on of this. A bucket that from or to cuts counts only what lies between them; where the readings themselves have been deleted, the five minutes in which from or to lies count as a whole',
  }),
  points: Type.Array(Type.Array(Type.Number(), { minItems: 5, maxItems: 5, description: 'start, min, mean, max, count' })),
})

export const Summary = Type.Object({
  date: Type.String({ format: 'date' }),
  from: time,
  to: time,
  rooms: Type.Array(
    Type.Object({
      room: Type.String(),
      quantity: Type.String(),
      unit: Type.String(),
      last: Type.Number(),
      min: Type.Number(),
      mean: Type.Number(),
      max: Type.Number(),
      count,
      time: Type.Integer({ description: 'of the last reading' }),
    }),
  ),
})

export const Session = Type.Object({
  authenticated: Type.Boolean(),
  login: Type.Enum(['password', 'token', 'none'], {
    description: 'how to get in: by password, only by token, or without either (this machine only)',
  }),
  language: Type.Enum(['en', 'zh-TW']),
})

export const Login = Type.Object({ password: Type.String({ maxLength: 1024 }) })

export const ReadingsQuery = Type.Object({
  room: name('where'),
  quantity: name('what'),
  from: Type.Optional(time),
  to: Type.Optional(time),
  points: Type.Optional(Type.Integer({ minimum: 1, maximum: 50_000, default: 500, description: 'at most so many' })),
  device: Type.Optional(name('only this one; default: all of the room')),
})

export const ExportQuery = Type.Object({
  room: Type.Optional(name('only here; default: everywhere')),
  quantity: Type.Optional(name('only this; default: everything')),
  from: Type.Optional(time),
  to: Type.Optional(time),
  device: Type.Optional(name('only what this one measured')),
})

export const AlertsQuery = Type.Object({
  state: Type.Optional(alertState),
  room: Type.Optional(name('only here')),
  rule: Type.Optional(name('only by this rule')),
  before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'an alert: only older ones' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 1000, description: 'at most so many' })),
})

export const AlertParams = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })

export const DeviceParams = Type.Object({ id: name('the device') })

export const WantedBody = Type.Object(
  { id: Type.Optional(orderId('its name; default: one is made')), ...WantedSettings.properties },
  { additionalProperties: false },
)

export const CommandBody = Type.Object({ action: Type.Enum([...actions]) })

export const SummaryQuery = Type.Object({
  date: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'a local date, YYYY-MM-DD; default: the last 24 h' })),
})
