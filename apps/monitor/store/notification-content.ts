import type { Alert } from '../rules/alert.ts'

/** Content of a notification as of its event, so that a mail that is sent hours later is still correct. */
export type Content =
  | {
      kind: 'alert'
      transition: 'firing' | 'repeat' | 'resolved'
      alert: Alert
      at: number
      unproven?: true
      /** Time until the next reminder, ms; without: there is none. */
      next?: number
    }
  | { kind: 'late-alert'; alert: Alert; at: number }
  | { kind: 'late-text'; room: string; text: string; count: number; first: number; last: number }
  | {
      kind: 'summary'
      date: string
      from: number
      to: number
      rooms: SummaryRow[]
      alerts?: Alert[]
      more?: number
      absent?: Absent[]
      missing?: Missing[]
      undelivered?: Undelivered[]
      budgets?: Budget[]
      alive?: Alive
    }

export interface SummaryRow {
  room: string
  quantity: string
  min: number
  mean: number
  /** Mean of the day before. */
  before?: number
  max: number
  last: number
  count: number
  time: number
  /** time without readings, ms */
  silent?: number
}

/** A device without messages during the day. */
export interface Absent {
  room: string | null
  device: string | null
  /** time of its last message, ms */
  seen: number
}

/** Lost readings of a device. */
export interface Missing {
  device: string
  count: number
}

/** Messages that a channel has given up. */
export interface Undelivered {
  channel: string
  count: number
}

/** Monthly budget of a channel. */
export interface Budget {
  channel: string
  used: number
  perMonth: number
}

/** Weekly report on the monitor itself. */
export interface Alive {
  /** ms */
  uptime: number
  /** readings stored since the start */
  readings: number
  /** bytes */
  size: number
}
