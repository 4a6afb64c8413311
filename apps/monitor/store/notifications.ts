import type { Database } from 'better-sqlite3'
import type { Alert, Severity } from './alerts.ts'

/** What is told, as it was at that moment: a mail that is sent hours later still says the truth. */
export type Content =
  | { kind: 'alert'; transition: 'firing' | 'resolved'; alert: Alert; at: number }
  | { kind: 'late-text'; room: string; text: string; count: number; first: number; last: number }
  | { kind: 'summary'; date: string; from: number; to: number; rooms: SummaryRow[] }

export interface SummaryRow {
  room: string
  quantity: string
  min: number
  mean: number
  max: number
  last: number
  count: number
  time: number
}

/** Something to tell to one person by one channel. */
export interface NewNotification {
  /** Unique: the same event is never told twice to the same person by the same channel. */
  event: string
  channel: string
  recipient: string
  severity: Severity
  content: Content
  created: number
}

export type Notifications = ReturnType<typeof storeNotifications>

export function storeNotifications(db: Database) {
  const insert = db.prepare<[Record<string, unknown>]>(`
    INSERT INTO notification (event, channel, recipient, severity, content, created, next)
    VALUES (:event, :channel, :recipient, :severity, :content, :created, :created) ON CONFLICT (event) DO NOTHING`)

  return {
    /** @returns false where this event has been told before */
    add(notification: NewNotification): boolean {
      return insert.run({ ...notification, content: JSON.stringify(notification.content) }).changes > 0
    },
  }
}
