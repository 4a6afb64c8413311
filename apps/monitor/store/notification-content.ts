import type { Alert } from '../rules/alert.ts'

/** What is told, as it was at that moment: a mail that is sent hours later still says the truth. */
export type Content =
  | { kind: 'alert'; transition: 'firing' | 'repeat' | 'resolved'; alert: Alert; at: number }
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
  max: number
  last: number
  count: number
  time: number
  /** ms in which it should have been heard and was not */
  silent?: number
}

/** Who has not been heard of all day. */
export interface Absent {
  room: string | null
  device: string | null
  /** ms: last sign of life */
  seen: number
}

/** Readings of a device's record that were found to be lost. */
export interface Missing {
  device: string
  count: number
}

/** Messages that a channel could not deliver and has given up. */
export interface Undelivered {
  channel: string
  count: number
}

/** How much of what a channel may send in a month has been sent. */
export interface Budget {
  channel: string
  used: number
  perMonth: number
}

/** Once a week: that the monitor is there, and how long, and what it has kept. */
export interface Alive {
  /** ms */
  uptime: number
  /** readings stored since the start */
  readings: number
  /** bytes */
  size: number
}
