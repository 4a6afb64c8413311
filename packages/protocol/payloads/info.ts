import Type, { type Static } from 'typebox'
import { isName, spelled } from '../topics/names.ts'
import { isTopic } from '../topics/topics.ts'
import { readingKey } from './desired-settings.ts'
import { type OnLeftOut, readerOf } from './json.ts'

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
      // A wrong unit stays as text: without it, the number would count in another one.
      unit: Type.Optional(Type.String({ maxLength: 64, asText: true, description: 'of its values; missing: the quantity’s own' })),
      probe: Type.Optional(Type.String({ maxLength: 128, description: 'the part that measures it' })),
    }),
    { maxItems: 64, description: 'its series' },
  ),
  config: Type.Optional(
    Type.Record(Type.String({ pattern: `^([A-Za-z][A-Za-z0-9_.]{0,63}|offset\\.${readingKey})$` }), setting, {
      additionalProperties: false,
      maxProperties: 256,
      description: 'the settings in force, by name',
    }),
  ),
})
export type Info = Static<typeof Info>

const read = readerOf(Info)

/**
 * Reads an info. Its topics and its id stay as the device spells them, since it publishes and subscribes by this spelling.
 * @throws PayloadError if it is not an info
 */
export function readInfo(payload: Buffer, onLeftOut?: OnLeftOut): Info {
  const info = read(payload, onLeftOut)
  return { ...info, room: spelled(info.room) }
}

/** The unit that a device states for a key of its record; undefined: none. */
export const unitOfKey = (info: Info | null, key: string): string | undefined => info?.readings.find((reading) => reading.key === key)?.unit
