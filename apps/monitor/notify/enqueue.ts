import { compareSeverity, type Severity } from '@hearthwatch/api/severity'
import type { Log } from '@hearthwatch/log'
import type { LiveEvent, LiveState } from '../live/live-state.ts'
import type { Alert, AlertState } from '../rules/alert.ts'
import type { Transition } from '../rules/when-to-notify.ts'
import type { Content, Notifications } from '../store/notifications.ts'
import { createAlertLines } from './alert-lines.ts'
import type { Channel } from './channels/channel.ts'

/** Recipients and their channels, with the least severity that the channel sends (default: any). A muted channel gets nothing. */
export type Audience = readonly { channel: string; recipient: string; minimum?: Severity; isMuted?: boolean }[]

export interface NotificationQueueOptions {
  notifications: Notifications
  /** Every recipient of every channel now. */
  audience: () => Audience
  liveState: LiveState
  /** True for what anyone can make up: it never delays others. */
  isUnproven?: (about: Pick<Alert, 'room' | 'device'>) => boolean
  log: Log
}

/** All recipients of these channels. */
export function audienceOf(channels: readonly Pick<Channel, 'name' | 'recipients' | 'minimum'>[]): Audience {
  return channels.flatMap(({ name: channel, recipients, minimum }) => recipients.map((recipient) => ({ channel, recipient, minimum })))
}

export type NotificationQueue = ReturnType<typeof createNotificationQueue>

/**
 * Announces the changes of a transaction. Recipients get rows of the notification table, which the transaction itself
 * writes. Open pages and the log get the changes after the commit.
 */
export function createNotificationQueue({ notifications, audience, liveState, isUnproven = () => false, log }: NotificationQueueOptions) {
  let events: LiveEvent[] = []
  /** Log lines of the transaction. On a full disk it is retried each second, so they are written only after a commit. */
  let lines: (() => void)[] = []

  const logAlert = createAlertLines(log)
  const logOnCommit = (level: 'warn' | 'info' | 'debug', message: string, fields: Record<string, unknown>) =>
    void lines.push(() => log[level](message, fields))
  const publishEvent = (event: LiveEvent) => void events.push(event)

  /** @param channels by name; none: all of them */
  function enqueue(event: string, content: Content, severity: Severity, created: number, channels: readonly string[] = []): void {
    const all = audience()
    const chosen = all.filter(({ channel }) => channels.includes(channel))
    // If none of the rule's channels exists any more, all channels send the alert.
    for (const { channel, recipient, minimum = 'info', isMuted = false } of chosen.length > 0 ? chosen : all) {
      if (isMuted || compareSeverity(severity, minimum) < 0) continue
      notifications.add({ event: `${event}/${channel}/${recipient}`, channel, recipient, severity, content, created })
    }
  }

  return {
    enqueue,
    publishEvent,
    logOnCommit,

    /** @param next time until the next reminder, ms; null: there is none */
    enqueueAlert(alert: Alert, transition: Transition, at: number, next: number | null = null): void {
      const event = transition === 'repeat' ? `alert/${alert.id}/repeat/${alert.tellings}` : `alert/${alert.id}/${transition}`
      const content = {
        kind: 'alert',
        transition,
        alert: { ...alert },
        at,
        ...(isUnproven(alert) ? { unproven: true as const } : {}),
        ...(next === null ? {} : { next }),
      } as const
      enqueue(event, content, alert.severity, at, alert.channels)
    },

    /** Publishes a changed alert to open pages, whether or not recipients are notified. @param state its new state; null: unchanged */
    publishAlert(alert: Alert, state: AlertState | null): void {
      publishEvent({ type: 'alert', data: { ...alert } })
      if (state === null) return
      const { rule, room, device, value, ended } = alert
      const about = { rule, room, device, value, ...(ended === null ? {} : { ended }) }
      if (state === 'firing' || state === 'resolved') lines.push(() => logAlert(state, about))
      else logOnCommit('debug', `alert ${state}`, about)
    },

    /** An alert that had ended before its readings arrived. Sent with severity info. */
    enqueueLateAlert(alert: Alert, at: number): void {
      enqueue(`late-alert/${alert.id}`, { kind: 'late-alert', alert, at }, 'info', at, alert.channels)
      const { rule, room, device, value } = alert
      // Logged once, not for each later reading that extends it.
      if (alert.resolved === alert.fired) logOnCommit('info', 'alert noticed late', { rule, room, device, value })
    },

    /** After the commit: writes the log lines and publishes the events. */
    committed(): void {
      for (const line of lines.splice(0)) line()
      for (const event of events.splice(0)) liveState.emit(event)
    },

    /** After a rollback: discards the log lines and the events. */
    forget(): void {
      events = []
      lines = []
    },
  }
}
