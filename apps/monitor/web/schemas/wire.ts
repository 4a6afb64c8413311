import Type from 'typebox'

export const WireQuery = Type.Object({
  filter: Type.Optional(
    Type.String({ maxLength: 1024, default: '#', description: 'a topic filter of MQTT: `+` is one level, `#` everything below' }),
  ),
})
