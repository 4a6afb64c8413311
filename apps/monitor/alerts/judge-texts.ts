import { minute } from '@hearthwatch/protocol/durations'
import type { NotificationQueue } from '../notify/enqueue.ts'
import { type Alert, newAlert } from '../rules/alert.ts'
import type { Alerts } from '../store/alerts.ts'
import type { AlertRate } from './alert-rate.ts'
import type { Transitions } from './transitions.ts'

/** The alert of a foreign sensor's sentence resolves when the sentence was not repeated for this time. ms */
const resolveAfter = 10 * minute

export interface TextsJudgeOptions {
  alerts: Alerts
  transitions: Transitions
  notificationQueue: Pick<NotificationQueue, 'publishAlert' | 'logOnCommit'>
  rate: AlertRate
}

/** Judges the sentences that sensors publish on `home/{room}/alert`. */
export function createTextsJudge({ alerts, transitions, notificationQueue, rate }: TextsJudgeOptions) {
  /** The firing alert that a reading of this room has raised. */
  function alertOf(room: string): Alert | undefined {
    for (const alert of alerts.allOpen()) {
      if (alert.room === room && alert.state === 'firing' && alert.bound !== null) return alert
    }
    return undefined
  }

  return {
    /**
     * Judges a sentence.
     * If a reading has raised an alert in the room, the sentence joins that alert.
     * Otherwise a sentence of a foreign sensor is an alert of its own, for as long as it is repeated.
     * A sentence of our own sensors is only logged, because the rules judge their readings.
     */
    text(room: string, text: string, at: number, { ours }: { ours: boolean }): void {
      const alert = ours ? undefined : alerts.open('message', room)
      if (alert) {
        alerts.save(Object.assign(alert, { text, due: at + resolveAfter }))
        return notificationQueue.publishAlert(alert, null)
      }
      const joined = alertOf(room)
      if (joined) {
        if (joined.text !== null) return
        alerts.save(Object.assign(joined, { text }))
        return notificationQueue.publishAlert(joined, null)
      }
      if (ours)
        return notificationQueue.logOnCommit('info', 'alarm text of a sensor with a record; its readings are judged instead', {
          room,
          text,
        })
      if (!rate.begin({ room, device: null }, at)) return
      const about = { rule: 'message', subject: room, condition: 'message', room, severity: 'warning' } as const
      transitions.saveAndNotify(newAlert({ ...about, state: 'firing', text, started: at, fired: at, due: at + resolveAfter }), at)
    },

    /** Alerts to resolve because their sentence was not repeated. @param listeningSince see `BrokerLink` */
    *due(at: number, listeningSince: number): Generator<() => void> {
      for (const alert of alerts.allOpen()) {
        if (alert.condition !== 'message' || alert.due === null) continue
        // If the clock was set back, `due` lies too far in the future.
        const isDue = at >= alert.due || alert.due > at + resolveAfter
        if (isDue && at >= listeningSince + resolveAfter) yield () => transitions.resolve(alert, at)
      }
    },
  }
}
