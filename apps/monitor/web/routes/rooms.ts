import { Alert, AlertParams, AlertsQuery } from '@hearthwatch/api/alerts'
import { Device, Gap, GapsQuery } from '@hearthwatch/api/devices'
import { ErrorAnswer } from '@hearthwatch/api/errors'
import { Notification } from '@hearthwatch/api/notifications'
import { Health as HealthShape, Room } from '@hearthwatch/api/rooms'
import Type from 'typebox'
import { type Health, problemOf } from '../../live/health.ts'
import type { LiveState } from '../../live/live-state.ts'
import type { Alert as StoredAlert } from '../../rules/alert.ts'
import type { Store } from '../../store/store.ts'
import { HttpError } from '../http/errors.ts'
import type { App } from '../server.ts'
import type { Views } from '../views.ts'
import { inOrder } from './labels.ts'

export interface HouseOptions {
  store: Store
  liveState: LiveState
  views: Views
  health(): Health
  staleAfter(device: string | null, room: string): number
  acknowledge(ids: readonly number[]): StoredAlert[]
  now(): number
  version: string
}

/** The house as it is now. */
export function addHouse(app: App, { store, liveState, views, health, staleAfter, acknowledge, now, version }: HouseOptions): void {
  app.get(
    '/api/health',
    { config: { open: true }, schema: { summary: 'Whether all is well', response: { 200: HealthShape, 503: HealthShape } } },
    (_, reply) => {
      const { mqtt, database } = health()
      const isWell = problemOf({ mqtt, database }) === null
      reply.code(isWell ? 200 : 503)
      return { status: isWell ? ('ok' as const) : ('error' as const), mqtt, database, version }
    },
  )

  app.get('/api/rooms', { schema: { summary: 'Room after room, as it is now', response: { 200: Type.Array(Room) } } }, () => {
    const labels = store.labels.all()
    const byRoom = new Map(labels.map((label) => [label.room, label]))
    const rooms = liveState.rooms(store.devices.all(), store.alerts.allOpen(), now(), staleAfter)
    return inOrder(
      rooms.map((room) => views.room(room, byRoom.get(room.room))),
      labels,
    )
  })

  app.get('/api/devices', { schema: { summary: 'Who reports', response: { 200: Type.Array(Device) } } }, () =>
    [...store.devices.all()].sort((a, b) => a.key.localeCompare(b.key)).map(views.device),
  )

  app.get(
    '/api/gaps',
    { schema: { summary: 'What of the records is lost', querystring: GapsQuery, response: { 200: Type.Array(Gap) } } },
    ({ query }) => store.records.gaps(query.device),
  )

  app.get(
    '/api/alerts',
    {
      schema: {
        summary: 'Alerts, newest first, at most 1000',
        querystring: AlertsQuery,
        response: { 200: Type.Array(Alert) },
      },
    },
    (request) => store.alerts.list(request.query).map(views.alert),
  )

  app.get(
    '/api/notifications',
    { schema: { summary: 'Who was told what, newest first, at most 1000', response: { 200: Type.Array(Notification) } } },
    () => store.notifications.list(),
  )

  app.post(
    '/api/alerts/:id/acknowledge',
    { schema: { summary: 'Somebody has seen it', params: AlertParams, response: { 200: Alert, 404: ErrorAnswer } } },
    (request) => {
      const [alert] = acknowledge([request.params.id])
      if (alert === undefined) throw new HttpError(404, `There is no alert ${request.params.id}.`)
      return views.alert(alert)
    },
  )
}
