import type { NotificationQueue } from '../notify/enqueue.ts'
import { type Alert, newAlert } from '../rules/alert.ts'
import type { Alerts } from '../store/alerts.ts'
import type { Transitions } from './transitions.ts'

/** A foreign sensor's sentence is over when it has not been repeated for so long. ms */
const quietAfter = 10 * 60_000

export interface TextsJudgeOptions {
  alerts: Alerts
  transitions: Transitions
  notificationQueue: Pick<NotificationQueue, 'publishAlert' | 'logOnCommit'>
}

/** What sensors say in sentences. */
export function createTextsJudge({ alerts, transitions, notificationQueue }: TextsJudgeOptions) {
  /** The alert that a reading of this room has raised: the sentence is about the same thing. */
  function alertOf(room: string): Alert | undefined {
    for (const alert of alerts.allOpen()) {
      if (alert.room === room && alert.state === 'firing' && alert.bound !== null) return alert
    }
    return undefined
  }

  return {
    /**
     * A sentence joins the open alert of its room, where a reading has raised one. Else one of our own sensors says
     * nothing that the rules here do not judge as well; a foreign one's is an alert of its own, as long as it is repeated.
     */
    text(room: string, text: string, at: number, { ours }: { ours: boolean }): void {
      const alert = ours ? undefined : alerts.open('message', room)
      if (alert) {
        alerts.save(Object.assign(alert, { text, due: at + quietAfter }))
        return notificationQueue.publishAlert(alert, null)
      }
      const joined = alertOf(room)
      if (joined) {
        if (joined.text !== null) return
        alerts.save(Object.assign(joined, { text }))
        return notificationQueue.publishAlert(joined, null)
      }
      if (ours) return notificationQueue.logOnCommit('info', 'a sensor of ours says', { room, text })
      const about = { rule: 'message', subject: room, condition: 'message', room, severity: 'warning' } as const
      transitions.saveAndNotify(newAlert({ ...about, state: 'firing', text, started: at, fired: at, due: at + quietAfter }), at)
    },

    /** What has become quiet. While nothing can be heard, silence says nothing. @param listeningSince since when we can hear, ms */
    *due(at: number, listeningSince: number): Generator<() => void> {
      for (const alert of alerts.allOpen()) {
        if (alert.condition !== 'message' || alert.due === null) continue
        // Said by a clock that was ahead, it is quiet since we can hear.
        const due = Math.max(Math.min(alert.due, at + quietAfter), listeningSince + quietAfter)
        if (at >= due) yield () => transitions.resolve(alert, at)
      }
    },
  }
}
