import * as shape from '@hearthwatch/api/devices'
import { ErrorAnswer } from '@hearthwatch/api/errors'
import { type DesiredSettings, limitConflictOf } from '@hearthwatch/protocol'
import Type, { type Static } from 'typebox'
import type { Control } from '../../devices/control.ts'
import { lastDays, type Zone } from '../../localtime.ts'
import type { Device } from '../../store/devices.ts'
import type { Store } from '../../store/store.ts'
import type { App } from '../app.ts'
import { FieldError, HttpError } from '../http/errors.ts'
import type { RoomsAnswer } from '../rooms-answer.ts'
import type { Views } from '../views.ts'
import { addDeviceList } from './device-list.ts'

export interface DeviceOptions {
  store: Store
  views: Views
  rooms: Pick<RoomsAnswer, 'nameOf'>
  control: Control
  /** Forgets a device. @returns false if it has come back meanwhile */
  forget(device: Device): Promise<boolean>
  /** Gives a device a room: a person has confirmed it. */
  giveRoom(device: Device, room: string): void
  /** Stores no more readings of a device of others, or stores them again. */
  ignore(device: Device, ignored: boolean): void
  /** Announced values that are not followed. */
  notUnderstood(): shape.NotUnderstood[]
  now(): number
}

/** Days of the presence of a device. */
const shownDays = 90

export function addDevices(
  app: App,
  { store, views, rooms, control, forget, giveRoom, ignore, notUnderstood, now }: DeviceOptions,
  zone: Zone,
): void {
  addDeviceList(app, { store, views, rooms })

  app.get(
    '/api/gaps',
    { schema: { summary: 'Lost readings of the devices', querystring: shape.GapsQuery, response: { 200: Type.Array(shape.Gap) } } },
    ({ query }) => store.records.gaps(query.device),
  )

  const params = shape.DeviceParams

  function find(id: string): Device {
    const device = store.devices.get(id)
    if (device === undefined || device.id === null) throw new HttpError(404, `There is no device ${id}.`)
    return device
  }

  function configOf({ key, info }: Device): Static<typeof shape.DeviceConfig> {
    const wanted = store.control.desired(key)
    return {
      wanted: wanted && { id: wanted.id, ...wanted.settings },
      reported: info?.config ?? null,
      response: wanted?.response ? { ...wanted.response, error: wanted.response.error ?? null } : null,
    }
  }

  app.get(
    '/api/devices/:id',
    { schema: { summary: 'One device', params, response: { 200: shape.Device, 404: ErrorAnswer } } },
    ({ params: { id } }) => views.device(find(id)),
  )

  app.put(
    '/api/devices/:id/room',
    {
      schema: {
        summary: 'Confirms the room of a device, or gives it another one',
        params,
        body: shape.RoomBody,
        response: { 200: shape.Device, 400: ErrorAnswer, 404: ErrorAnswer },
      },
    },
    ({ params: { id }, body: { room } }) => {
      giveRoom(find(id), room)
      return views.device(find(id))
    },
  )

  app.get(
    '/api/devices/not-understood',
    {
      schema: {
        summary: 'Values that devices of others announce and that are not followed, with the reason',
        response: { 200: Type.Array(shape.NotUnderstood) },
      },
    },
    () => notUnderstood(),
  )

  app.put(
    '/api/devices/:id/ignored',
    {
      schema: {
        summary: 'Ignores a device of others, or follows it again; its history stays',
        params,
        body: shape.IgnoredBody,
        response: { 200: shape.Device, 400: ErrorAnswer, 404: ErrorAnswer, 409: ErrorAnswer },
      },
    },
    ({ params: { id }, body: { ignored } }) => {
      const device = find(id)
      if (device.described === null) throw new HttpError(409, `${id} is a sensor of this system. Forget it, or remove its login.`)
      ignore(device, ignored)
      return views.device(find(id))
    },
  )

  app.get(
    '/api/devices/:id/presence',
    {
      schema: {
        summary: 'On which of the last 90 days a device had readings, and for how much of each',
        params,
        response: { 200: shape.Presence, 404: ErrorAnswer },
      },
    },
    ({ params: { id } }) => {
      const spans = lastDays(now(), shownDays, zone)
      const shares = store.readings.presence(find(id).key, spans)
      return spans.map(({ date }, i) => ({ date, share: shares[i] ?? null }))
    },
  )

  app.get(
    '/api/devices/:id/config',
    {
      schema: {
        summary: 'The desired settings of a device, those in force, and its response',
        params,
        response: { 200: shape.DeviceConfig, 404: ErrorAnswer },
      },
    },
    ({ params: { id } }) => configOf(find(id)),
  )

  app.put(
    '/api/devices/:id/config',
    {
      schema: {
        summary: 'Sets the desired settings of a device; omitted ones keep the values of its own file',
        params,
        body: shape.WantedBody,
        response: { 200: shape.DeviceConfig, 400: ErrorAnswer, 404: ErrorAnswer, 409: ErrorAnswer },
      },
    },
    ({ params: { id }, body: { id: name, ...settings } }) => {
      const device = find(id)
      const problem = limitConflictOf(settings as DesiredSettings)
      if (problem !== null)
        throw new FieldError(problem, [
          { field: 'ALERT_ABOVE', problem: 'wrong-order' },
          { field: 'ALERT_BELOW', problem: 'wrong-order' },
        ])
      if (!control.setDesired(id, settings as DesiredSettings, name))
        throw new FieldError(`id: ${name} was used for other settings.`, [{ field: 'id', problem: 'taken' }], 409)
      return configOf(device)
    },
  )

  app.get(
    '/api/devices/:id/commands',
    {
      schema: {
        summary: 'Commands of a device and their results, newest first, at most 100',
        params,
        response: { 200: Type.Array(shape.Command), 404: ErrorAnswer },
      },
    },
    ({ params: { id } }) => store.control.commands(find(id).key).map(({ device: _, ...command }) => command),
  )

  app.post(
    '/api/devices/:id/commands',
    {
      schema: {
        summary: 'Sends a command to a device',
        params,
        body: shape.CommandBody,
        response: { 202: Type.Object({ id: Type.String() }), 400: ErrorAnswer, 404: ErrorAnswer, 409: ErrorAnswer },
      },
    },
    ({ params: { id }, body: { action } }, reply) => {
      const { status } = find(id)
      if (status !== 'online') throw new HttpError(409, `${id} is ${status === 'offline' ? 'offline' : 'not known to be online'}.`)
      reply.code(202)
      return { id: control.command(id, action) }
    },
  )

  app.delete(
    '/api/devices/:id',
    {
      schema: {
        summary: 'Forgets a device; its readings stay',
        params,
        response: { 204: Type.Null({ description: 'done' }), 404: ErrorAnswer, 409: ErrorAnswer, 503: ErrorAnswer },
      },
    },
    async ({ params: { id } }, reply) => {
      const device = find(id)
      if (device.status === 'online') throw new HttpError(409, `${id} is online and would come back at once. Switch it off first.`)
      if (!control.isConnected())
        throw new HttpError(503, 'The broker cannot be reached, and its retained messages of the device must be cleared, too.')
      if (!(await forget(device))) throw new HttpError(409, `${id} has just come back.`)
      reply.code(204)
      return null
    },
  )
}
