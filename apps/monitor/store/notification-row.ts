import type { Localized } from '@hearthwatch/api/localized'
import type { Severity } from '@hearthwatch/api/severity'
import type { Content } from './notification-content.ts'

/** A notification of one recipient on one channel. */
export interface NewNotification {
  /** Unique, so that an event is notified once per recipient and channel. */
  event: string
  channel: string
  recipient: string
  severity: Severity
  content: Content
  created: number
}

/** A row that waits to be sent; times in ms. */
export interface Waiting {
  id: number
  recipient: string
  severity: Severity
  kind: Content['kind']
  /** The alert, and its transition. */
  alert: number | null
  transition: 'firing' | 'repeat' | 'resolved' | null
  /** 1: it is about a new room or device that anyone can make up. */
  unproven: 1 | null
  /** Id of the message of an earlier attempt; null: not attempted yet. */
  message: string | null
  created: number
  /** Time of the next attempt. */
  next: number
  /** Time of the first attempt. */
  tried: number | null
  /** Number of attempts. */
  attempts: number
  /** End of the quiet hours that hold it back, or did; null: none. */
  held: number | null
}

/** A notification as the API shows it. Times in ms. */
export interface Listed {
  id: number
  channel: string
  state: 'pending' | 'sent' | 'failed'
  severity: Severity
  kind: Content['kind']
  room: string | null
  attempts: number
  created: number
  sent: number | null
  /** End of the quiet hours that hold it back, while it is pending. */
  held: number | null
  /** Null until the first attempt. */
  subject: string | null
  /** Reason of the last failure. */
  error: Localized | null
}

export type ListedRow = Omit<Listed, 'error'> & { error: string | null }
