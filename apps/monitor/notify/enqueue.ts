import type { Severity } from '@hearthwatch/api/severity'
import type { Log } from '@hearthwatch/log'
import type { LiveEvent, LiveState } from '../live/live-state.ts'
import type { Alert, AlertState } from '../rules/alert.ts'
import type { Transition } from '../rules/when-to-notify.ts'
import type { Content, Notifications } from '../store/notifications.ts'
import type { Channel } from './channels/channel.ts'

export interface NotificationQueueOptions {
  notifications: Notifications
  /** Every person on every channel, and the least severity that each wants to hear of; default: any. */
  audience: readonly { channel: string; recipient: string; minimum?: Severity }[]
  liveState: LiveState
  log: Log
}

/** Everybody whom these channels reach. */
export function audienceOf(channels: readonly Pick<Channel, 'name' | 'recipients' | 'minimum'>[]): NotificationQueueOptions['audience'] {
  return channels.flatMap(({ name: channel, recipients, minimum }) => recipients.map((recipient) => ({ channel, recipient, minimum })))
}

/** The least first. */
const severities: readonly Severity[] = ['info', 'warning', 'critical']

export type NotificationQueue = ReturnType<typeof createNotificationQueue>

/**
 * Who hears of what a transaction changes: recipients by rows of the notification table, written in that transaction;
 * people who watch the page once it is through.
 */
export function createNotificationQueue({ notifications, audience, liveState, log }: NotificationQueueOptions) {
  let announcements: LiveEvent[] = []
  /** What the log says of the transaction: while the disk is full it is tried each second, and none of it is true. */
  let lines: (() => void)[] = []

  const note = (level: 'info' | 'debug', message: string, fields: Record<string, unknown>) =>
    void lines.push(() => log[level](message, fields))
  const announce = (event: LiveEvent) => void announcements.push(event)

  function everyone(event: string, content: Content, severity: Severity, created: number, channels: readonly string[] = []): void {
    const chosen = audience.filter(({ channel }) => channels.includes(channel))
    // A channel that is there no longer must not make an alert that nobody hears.
    for (const { channel, recipient, minimum = 'info' } of chosen.length > 0 ? chosen : audience) {
      if (severities.indexOf(severity) < severities.indexOf(minimum)) continue
      notifications.add({ event: `${event}/${channel}/${recipient}`, channel, recipient, severity, content, created })
    }
  }

  return {
    announce,
    everyone,
    note,

    /** What there is to say of an alert, to those who are to hear it. @param channels by name; none: all of them */
    alert(alert: Alert, transition: Transition, at: number, channels: readonly string[]): void {
      const event = transition === 'repeat' ? `alert/${alert.id}/repeat/${alert.tellings}` : `alert/${alert.id}/${transition}`
      everyone(event, { kind: 'alert', transition, alert: { ...alert }, at }, alert.severity, at, channels)
    },

    /** An alert is not what it was, told or not. @param state the one it has come to; null: something beside it */
    changed(alert: Alert, state: AlertState | null): void {
      announce({ type: 'alert', data: { ...alert } })
      if (state === null) return
      const { rule, room, device, value } = alert
      note(state === 'firing' || state === 'resolved' ? 'info' : 'debug', `alert ${state}`, { rule, room, device, value })
    },

    /** A crossing that became known only when it was over: told in a digest, to nobody's alarm. */
    lateAlert(alert: Alert, at: number): void {
      everyone(`late-alert/${alert.id}`, { kind: 'late-alert', alert, at }, 'info', at, alert.channels)
      const { rule, room, device, value } = alert
      // Once, not for each reading by which it turns out to have lasted longer.
      if (alert.resolved === alert.fired) note('info', 'alert noticed late', { rule, room, device, value })
    },

    /** After the commit: people who watch are told. */
    committed(): void {
      for (const line of lines.splice(0)) line()
      for (const event of announcements.splice(0)) liveState.emit(event)
    },

    /** After a rollback: nothing of it has happened. */
    forget(): void {
      announcements = []
      lines = []
    },
  }
}
