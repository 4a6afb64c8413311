import Type from 'typebox'

const name = Type.String({ description: 'what people call it, up to 64 characters' })
const icon = Type.String({ maxLength: 32, description: 'one character, such as an emoji' })
const position = Type.Integer({
  minimum: 0,
  maximum: 1_000_000,
  description: 'rooms with one come first, the smallest before the others',
})

export const Label = Type.Object({
  room: Type.String({ description: 'its name in MQTT' }),
  name: Type.Union([name, Type.Null()]),
  icon: Type.Union([icon, Type.Null()]),
  position: Type.Union([position, Type.Null()]),
})

export const LabelParams = Type.Object({ room: Type.String({ minLength: 1, maxLength: 256, description: 'its name in MQTT' }) })

export const LabelBody = Type.Object(
  {
    name: Type.Optional(Type.Union([name, Type.Null()])),
    icon: Type.Optional(Type.Union([icon, Type.Null()])),
    position: Type.Optional(Type.Union([position, Type.Null()])),
  },
  { additionalProperties: false, description: 'what is left out stays as it is, null takes it away' },
)
