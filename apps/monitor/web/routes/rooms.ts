import { ErrorAnswer } from '@hearthwatch/api/errors'
import { ForgetRoomQuery, Health as HealthAnswer, Room, RoomPage, RoomParams, RoomsQuery } from '@hearthwatch/api/rooms'
import Type from 'typebox'
import type { Control } from '../../devices/control.ts'
import { RoomInUse } from '../../devices/forget-room.ts'
import { type Health, problemOf } from '../../live/health.ts'
import type { Store } from '../../store/store.ts'
import type { App } from '../app.ts'
import { HttpError } from '../http/errors.ts'
import { answerList } from '../http/in-slices.ts'
import type { RoomsAnswer } from '../rooms-answer.ts'
import { addBatteries } from './batteries.ts'

export interface RoomOptions {
  store: Pick<Store, 'readings'>
  rooms: RoomsAnswer
  health(): Health
  now(): number
  version: string
  control: Pick<Control, 'isConnected'>
  /** @returns false if there is no such room; @throws RoomInUse */
  forgetRoom(room: string, history: 'keep' | 'delete'): Promise<boolean>
}

export function addRooms(app: App, { store, rooms, health, now, version, control, forgetRoom }: RoomOptions): void {
  app.get(
    '/api/health',
    { config: { open: true }, schema: { summary: 'Health of the monitor', response: { 200: HealthAnswer, 503: HealthAnswer } } },
    (_, reply) => {
      const { mqtt, connection, database, undelivered = [] } = health()
      const isWell = problemOf({ mqtt, database }) === null
      reply.code(isWell ? 200 : 503)
      return {
        status: isWell ? ('ok' as const) : ('error' as const),
        mqtt,
        ...(connection && { connection }),
        database,
        version,
        ...(undelivered.length > 0 && { undelivered: [...undelivered] }),
      }
    },
  )

  addBatteries(app, { readings: store.readings, rooms, now })

  app.get(
    '/api/rooms',
    {
      schema: {
        summary: 'All rooms with their current values; with a parameter, one page of them',
        querystring: RoomsQuery,
        response: { 200: Type.Union([Type.Array(Room), RoomPage]), 400: ErrorAnswer },
      },
    },
    ({ query }, reply) => {
      if (Object.keys(RoomsQuery.properties).some((name) => name in query)) return rooms.page(query)
      return answerList(reply, rooms.names(), rooms.rooms)
    },
  )

  app.delete(
    '/api/rooms/:room',
    {
      schema: {
        summary: 'Forgets a room whose devices are not online: its tile, its alerts, its retained messages and those devices',
        params: RoomParams,
        querystring: ForgetRoomQuery,
        response: { 204: Type.Null({ description: 'done' }), 404: ErrorAnswer, 409: ErrorAnswer, 503: ErrorAnswer },
      },
    },
    async ({ params: { room }, query: { history = 'keep' } }, reply) => {
      if (!control.isConnected())
        throw new HttpError(503, 'The broker cannot be reached, and its retained messages of the room must be cleared, too.')
      const isForgotten = await forgetRoom(room, history).catch((error) => {
        if (!(error instanceof RoomInUse)) throw error
        throw new HttpError(409, `${error.devices.join(', ')} would bring the room back at once. Switch it off first, or move it.`)
      })
      if (!isForgotten) throw new HttpError(404, `There is no room ${room}.`)
      reply.code(204)
      return null
    },
  )
}
