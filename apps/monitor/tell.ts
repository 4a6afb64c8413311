import type { Log } from '@hearthwatch/log'
import type { Transition } from './alerts/judge.ts'
import type { Board, LiveEvent } from './board.ts'
import type { Alert, Severity } from './store/alerts.ts'
import type { Content, Notifications } from './store/notifications.ts'

export interface TellOptions {
  notifications: Notifications
  /** Every person on every channel. */
  audience: readonly { channel: string; recipient: string }[]
  board: Board
  log: Log
}

export type Teller = ReturnType<typeof createTeller>

/**
 * Who hears of what a transaction changes: recipients by rows of the notification table, written in that transaction;
 * people who watch the page once it is through.
 */
export function createTeller({ notifications, audience, board, log }: TellOptions) {
  let announcements: LiveEvent[] = []
  /** What the log says of the transaction: while the disk is full it is tried each second, and none of it is true. */
  let lines: (() => void)[] = []

  const logStep = (message: string, { rule, room, device, value }: Alert) => {
    lines.push(() => log.info(message, { rule, room, device, value }))
  }
  const announce = (event: LiveEvent) => void announcements.push(event)

  function everyone(event: string, content: Content, severity: Severity, created: number): void {
    for (const { channel, recipient } of audience) {
      notifications.add({ event: `${event}/${channel}/${recipient}`, channel, recipient, severity, content, created })
    }
  }

  return {
    announce,
    everyone,

    alert(alert: Alert, transition: Transition, at: number): void {
      announce({ type: 'alert', data: { ...alert } })
      everyone(`alert/${alert.id}/${transition}`, { kind: 'alert', transition, alert: { ...alert }, at }, alert.severity, at)
      logStep(`alert ${transition}`, { ...alert })
    },

    /** A crossing that became known only when it was over: told in a digest, to nobody's alarm. */
    lateAlert(alert: Alert, at: number): void {
      everyone(`late-alert/${alert.id}`, { kind: 'late-alert', alert, at }, 'info', at)
      // Once, not for each reading by which it turns out to have lasted longer.
      if (alert.resolved === alert.fired) logStep('alert noticed late', { ...alert })
    },

    /** After the commit: people who watch are told. */
    committed(): void {
      for (const line of lines.splice(0)) line()
      for (const event of announcements.splice(0)) board.tell(event)
    },

    /** After a rollback: nothing of it has happened. */
    forget(): void {
      announcements = []
      lines = []
    },
  }
}
