import Type, { type Static } from 'typebox'
import { nullable } from './fields.ts'

const name = Type.String({ description: 'display name, up to 64 characters' })
const group = Type.String({ description: 'heading on home, such as a floor, up to 64 characters' })
const icon = Type.String({ maxLength: 32, description: 'one character, such as an emoji' })
const position = Type.Integer({
  minimum: 0,
  maximum: 1_000_000,
  description: 'rooms with one come first, the smallest before the others',
})

export const Label = Type.Object({
  room: Type.String({ description: 'its name in MQTT' }),
  name: nullable(name),
  icon: nullable(icon),
  position: nullable(position),
  group: nullable(group),
})
export type Label = Static<typeof Label>

export const LabelParams = Type.Object({ room: Type.String({ minLength: 1, maxLength: 256, description: 'its name in MQTT' }) })

export const LabelBody = Type.Object(
  {
    name: Type.Optional(nullable(name)),
    icon: Type.Optional(nullable(icon)),
    position: Type.Optional(nullable(position)),
    group: Type.Optional(nullable(group)),
  },
  { additionalProperties: false, description: 'omitted fields stay as they are, null removes a value' },
)
export type LabelBody = Static<typeof LabelBody>
