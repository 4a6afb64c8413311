import { ErrorAnswer } from '@hearthwatch/api/errors'
import { ForgetRoomQuery, Health as HealthAnswer, Room, RoomParams } from '@hearthwatch/api/rooms'
import Type, { type Static } from 'typebox'
import type { Control } from '../../devices/control.ts'
import { RoomInUse } from '../../devices/forget-room.ts'
import { type Health, problemOf } from '../../live/health.ts'
import type { LiveState } from '../../live/live-state.ts'
import { inOrder } from '../../store/labels.ts'
import type { Store } from '../../store/store.ts'
import type { App } from '../app.ts'
import { HttpError } from '../http/errors.ts'
import type { Views } from '../views.ts'
import { addBatteries } from './batteries.ts'

export interface RoomOptions {
  store: Store
  liveState: LiveState
  views: Views
  health(): Health
  /** ms after which a value of this device is stale */
  staleAfter(device: string | null, room: string): number
  now(): number
  version: string
  control: Pick<Control, 'isConnected'>
  /** @returns false if there is no such room; @throws RoomInUse */
  forgetRoom(room: string, history: 'keep' | 'delete'): Promise<boolean>
}

export function addRooms(app: App, { store, liveState, views, health, staleAfter, now, version, control, forgetRoom }: RoomOptions): void {
  function allRooms(): Static<typeof Room>[] {
    const labels = store.labels.all()
    const byRoom = new Map(labels.map((label) => [label.room, label]))
    const rooms = liveState.rooms(store.devices.all(), store.alerts.allOpen(), now(), staleAfter)
    return inOrder(
      rooms.map((room) => views.room(room, byRoom.get(room.room))),
      labels,
    )
  }

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

  addBatteries(app, { readings: store.readings, allRooms, now })

  app.get('/api/rooms', { schema: { summary: 'All rooms with their current values', response: { 200: Type.Array(Room) } } }, allRooms)

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
