import { isDeviceId } from '@hearthwatch/protocol'
import Type, { type Static } from 'typebox'
import { RoomBody } from './devices.ts'
import { name, nullable, time } from './fields.ts'
import { sensorKinds } from './sensor-kinds.ts'

export const SensorSetup = Type.Object({
  makesLogins: Type.Boolean({ description: 'the monitor has its own broker; otherwise `npm run setup -- sensor add` makes the login' }),
})
export type SensorSetup = Static<typeof SensorSetup>

export const NewSensorBody = Type.Object(
  {
    room: Type.Optional(RoomBody.properties.room),
    id: Type.Optional(
      Type.Refine(
        Type.String({
          minLength: 1,
          maxLength: 32,
          description: 'its user at the broker, of a-z, 0-9 and -; default: made from the room or the kind',
        }),
        (text) => isDeviceId(text),
        () => 'is not an id',
      ),
    ),
    kind: Type.Enum([...sensorKinds]),
  },
  { additionalProperties: false },
)
export type NewSensorBody = Static<typeof NewSensorBody>

export const Snippet = Type.Object({
  file: nullable(Type.String({ description: 'its name if it is a file; null: commands for a terminal or a console' })),
  text: Type.String(),
})
export type Snippet = Static<typeof Snippet>

export const NewSensor = Type.Object({
  id: Type.String(),
  room: nullable(Type.String({ description: 'null: its devices have rooms of their own' })),
  kind: Type.Enum([...sensorKinds]),
  broker: Type.String({ description: 'address of the broker for the sensor' }),
  user: Type.String(),
  password: Type.String({ description: 'only this answer has it' }),
  local: Type.Boolean({ description: 'other machines cannot reach the broker at this address: BROKER_HOST is loopback' }),
  snippets: Type.Array(Snippet, { description: 'commands and configuration with these values, in the order of their use' }),
})
export type NewSensor = Static<typeof NewSensor>

export const SensorParams = Type.Object({ id: name('the user of the sensor') })

/** The latest events of a sensor's login at the monitor's broker, since they were asked for the first time. */
export const SensorState = Type.Object({
  id: Type.String(),
  rooms: Type.Array(Type.String(), { description: 'the rooms in which it may publish' }),
  connected: nullable(Type.Object({ time })),
  refused: nullable(Type.Object({ time, address: Type.String() }, { description: 'a login with a wrong password' })),
  denied: nullable(Type.Object({ time, topic: Type.String() }, { description: 'a message on a topic that it may not write' })),
  reading: nullable(Type.Object({ time, topic: Type.String(), text: Type.String() }, { description: 'a live reading' })),
})
export type SensorState = Static<typeof SensorState>
