import Type, { type Static } from 'typebox'
import { readerOf } from './json.ts'
import { isName } from './names.ts'
import { isTopic } from './topics.ts'

const name = (description: string) =>
  Type.Refine(
    Type.String({ minLength: 1, maxLength: 64, description }),
    (text) => isName(text),
    () => 'is not a name',
  )

const topic = (description: string) =>
  Type.Refine(
    Type.String({ minLength: 1, maxLength: 256, description }),
    (text) => isTopic(text),
    () => 'is not a topic',
  )

// Plain values only: a deeply nested value would exhaust the stack when it is serialised again.
const setting = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])

/** The description of a device: its birth message, published on each connection before `online`, retained. */
export const Info = Type.Object({
  id: name('id of the device'),
  room: name('its room'),
  version: Type.Optional(Type.String({ maxLength: 64, description: 'of its software' })),
  epoch: Type.Optional(Type.String({ pattern: '^[0-9a-f]{16}$', description: 'of its outbox; missing: the device has no record' })),
  interval: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 's between two readings' })),
  status: Type.Optional(topic('topic of its `online` and `offline`')),
  readings: Type.Array(
    Type.Object({
      key: Type.String({ maxLength: 128, description: 'its name in the record' }),
      topic: topic('topic of its live values'),
      unit: Type.Optional(Type.String({ maxLength: 16 })),
      probe: Type.Optional(Type.String({ maxLength: 128, description: 'the part that measures it' })),
    }),
    { maxItems: 64, description: 'its series' },
  ),
  config: Type.Optional(
    Type.Record(Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_.]{0,63}$' }), setting, {
      additionalProperties: false,
      description: 'the settings in force, by name',
    }),
  ),
})
export type Info = Static<typeof Info>

/** @throws PayloadError if it is not an info */
export const readInfo: (payload: Buffer) => Info = readerOf(Info)
