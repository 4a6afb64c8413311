import { Health as HealthAnswer, Room } from '@hearthwatch/api/rooms'
import Type from 'typebox'
import { type Health, problemOf } from '../../live/health.ts'
import type { LiveState } from '../../live/live-state.ts'
import type { Store } from '../../store/store.ts'
import type { App } from '../app.ts'
import type { Views } from '../views.ts'
import { inOrder } from './labels.ts'

export interface RoomOptions {
  store: Store
  liveState: LiveState
  views: Views
  health(): Health
  /** ms after which a value of this device is stale */
  staleAfter(device: string | null, room: string): number
  now(): number
  version: string
}

export function addRooms(app: App, { store, liveState, views, health, staleAfter, now, version }: RoomOptions): void {
  app.get(
    '/api/health',
    { config: { open: true }, schema: { summary: 'Health of the monitor', response: { 200: HealthAnswer, 503: HealthAnswer } } },
    (_, reply) => {
      const { mqtt, database } = health()
      const isWell = problemOf({ mqtt, database }) === null
      reply.code(isWell ? 200 : 503)
      return { status: isWell ? ('ok' as const) : ('error' as const), mqtt, database, version }
    },
  )

  app.get('/api/rooms', { schema: { summary: 'All rooms with their current values', response: { 200: Type.Array(Room) } } }, () => {
    const labels = store.labels.all()
    const byRoom = new Map(labels.map((label) => [label.room, label]))
    const rooms = liveState.rooms(store.devices.all(), store.alerts.allOpen(), now(), staleAfter)
    return inOrder(
      rooms.map((room) => views.room(room, byRoom.get(room.room))),
      labels,
    )
  })
}
