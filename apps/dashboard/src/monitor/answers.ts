import type { Static } from 'typebox'
import type * as alerts from '../../../monitor/web/schemas/alerts.ts'
import type * as devices from '../../../monitor/web/schemas/devices.ts'
import type * as history from '../../../monitor/web/schemas/history.ts'
import type * as house from '../../../monitor/web/schemas/house.ts'
import type * as login from '../../../monitor/web/schemas/login.ts'
import type * as notifications from '../../../monitor/web/schemas/notifications.ts'

// The shapes of the API, as the monitor checks them.

export type Session = Static<typeof login.Session>
export type Health = Static<typeof house.Health>
export type Room = Static<typeof house.Room>
export type Alert = Static<typeof alerts.Alert>
export type Device = Static<typeof devices.Device>
export type Gap = Static<typeof devices.Gap>
export type Notification = Static<typeof notifications.Notification>
export type Readings = Static<typeof history.Readings>

/** A value that has just come, as in `GET /api/events`. */
export interface Reading {
  room: string
  quantity: string
  value: number
  /** ms */
  time: number
  device: string | null
}
