import { ErrorAnswer } from '@hearthwatch/api/errors'
import { asCalled } from '@hearthwatch/api/installation'
import { isGateway } from '@hearthwatch/api/sensor-kinds'
import * as shape from '@hearthwatch/api/sensors'
import type { NewSensors } from '../../devices/new-sensors.ts'
import { IdTaken } from '../../devices/sensor-logins.ts'
import { isWritable } from '../../devices/sensor-snippets.ts'
import type { App, WebConfig } from '../app.ts'
import type { Access } from '../http/access.ts'
import { FieldError, HttpError } from '../http/errors.ts'

export interface SensorOptions {
  config: Pick<WebConfig, 'installation'>
  access: Pick<Access, 'isPerson'>
  /** null: the broker is not the monitor's own or requires certificates, so setup makes the logins. */
  newSensors: NewSensors | null
}

export function addSensors(app: App, { config, access, newSensors }: SensorOptions): void {
  app.get(
    '/api/sensors',
    { schema: { summary: 'The way in which new sensors get their logins', response: { 200: shape.SensorSetup } } },
    () => ({ makesLogins: newSensors !== null }),
  )

  app.post(
    '/api/sensors',
    {
      schema: {
        summary: 'Makes the login of a new sensor, and the commands or the configuration to set it up',
        body: shape.NewSensorBody,
        response: { 201: shape.NewSensor, 400: ErrorAnswer, 403: ErrorAnswer, 409: ErrorAnswer, 503: ErrorAnswer },
      },
    },
    async (request, reply) => {
      if (!access.isPerson(request)) throw new HttpError(403, 'A token makes no logins: log in on the page.')
      if (newSensors === null)
        throw new HttpError(
          409,
          asCalled(
            'The broker is not the monitor’s own, or requires certificates. Use "npm run setup -- sensor add ROOM" on its machine.',
            config.installation,
          ),
        )
      const { room, id, kind } = request.body
      const sensor = await make(newSensors, { room, id, kind }, request.hostname).catch((error) => {
        if (error instanceof IdTaken) throw new FieldError(error.message, [{ field: 'id', problem: 'taken' }], 409)
        // A full or read-only disk, or files of another user.
        if (error instanceof Error && 'syscall' in error) throw new HttpError(503, `The login could not be stored: ${error.message}`)
        throw error
      })
      reply.code(201)
      return sensor
    },
  )

  app.get(
    '/api/sensors/:id',
    {
      schema: {
        summary: 'What the login of a sensor has done since this was asked for the first time',
        params: shape.SensorParams,
        response: { 200: shape.SensorState, 404: ErrorAnswer },
      },
    },
    ({ params: { id } }) => {
      const state = newSensors?.stateOf(id)
      if (state === undefined) throw new HttpError(404, `There is no login ${id}.`)
      return state
    },
  )
}

/** @throws FieldError for a room that is missing, not needed, or cannot be written in the files of this kind */
async function make(newSensors: NewSensors, { room, id, kind }: shape.NewSensorBody, host: string): Promise<shape.NewSensor> {
  if (isGateway(kind)) {
    if (room !== undefined) throw new FieldError('room: its devices have rooms of their own.', [{ field: 'room', problem: 'not-needed' }])
    return newSensors.addGateway(kind, id ?? kind, host)
  }
  if (room === undefined) throw new FieldError('room: is missing.', [{ field: 'room', problem: 'missing' }])
  if (!isWritable(kind, room))
    throw new FieldError('room: use letters, digits, spaces and . _ - for this kind.', [{ field: 'room', problem: 'not-allowed' }])
  return newSensors.add({ room, id, kind }, host)
}
