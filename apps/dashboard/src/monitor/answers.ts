import type { Static } from 'typebox'
import type * as shape from '../../../monitor/web/schemas/index.ts'

// The shapes of the API, as the monitor checks them.

export type Session = Static<typeof shape.Session>
export type Health = Static<typeof shape.Health>
export type Room = Static<typeof shape.Room>
export type Alert = Static<typeof shape.Alert>
export type Device = Static<typeof shape.Device>
export type Gap = Static<typeof shape.Gap>
export type Notification = Static<typeof shape.Notification>
export type Readings = Static<typeof shape.Readings>

/** A value that has just come, as in `GET /api/events`. */
export interface Reading {
  room: string
  quantity: string
  value: number
  /** ms */
  time: number
  device: string | null
}
