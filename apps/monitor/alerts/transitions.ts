import type { NotificationQueue } from '../notify/enqueue.ts'
import type { Alert, NewAlert } from '../rules/alert.ts'
import { dueNotification, silencedUntil, type Transition } from '../rules/when-to-notify.ts'
import type { Alerts } from '../store/alerts.ts'
import type { Silences } from '../store/silences.ts'
import type { BackOnline } from './back-online.ts'
import { inhibitorOf } from './inhibition.ts'
import type { Rulebook } from './rulebook.ts'

export interface TransitionsOptions {
  alerts: Alerts
  silences: Pick<Silences, 'active'>
  rulebook: Rulebook
  backOnline: BackOnline
  notificationQueue: Pick<NotificationQueue, 'publishAlert' | 'enqueueAlert'>
}

export type Transitions = ReturnType<typeof createTransitions>

/** Writes what happens to alerts, and says of each what people should hear of it. Inside the transaction. */
export function createTransitions({ alerts, silences, rulebook, backOnline, notificationQueue }: TransitionsOptions) {
  const flagsOf = (alert: Alert, at: number) => ({
    silenced: silencedUntil(alert, silences.active(at)),
    inhibited: inhibitorOf(alert, alerts, backOnline, at),
  })
  const repeatOf = ({ rule }: Alert) => rulebook.get(rule)?.repeat ?? []

  function notify(alert: Alert, transition: Transition, at: number): void {
    if (transition !== 'resolved') Object.assign(alert, { told: at, tellings: alert.tellings + 1 })
    alerts.save(alert)
    notificationQueue.enqueueAlert(alert, transition, at, alert.channels)
  }

  /** Writes the state that the alert has now, and tells what there is to tell of it. */
  function saveAndNotify(about: Alert | NewAlert, at: number): Alert {
    const alert = 'id' in about ? about : alerts.start(about)
    Object.assign(alert, flagsOf(alert, at))
    const transition = dueNotification(alert, repeatOf(alert), at)
    if (transition) notify(alert, transition, at)
    else alerts.save(alert)
    notificationQueue.publishAlert(alert, alert.state)
    return alert
  }

  return {
    saveAndNotify,

    resolve(alert: Alert, at: number, value = alert.value): void {
      saveAndNotify(Object.assign(alert, { state: 'resolved', resolved: at, value, due: null, well: null }), at)
    },

    /** For a doubt that came to nothing. */
    cancel(alert: Alert, at: number): void {
      alerts.drop(alert)
      notificationQueue.publishAlert({ ...alert, state: 'resolved', resolved: at }, null)
    },

    /** What it says has become something else, and whoever was told must hear of it. */
    renotify(alert: Alert, at: number): void {
      alert.acknowledged = null
      Object.assign(alert, flagsOf(alert, at))
      if (alert.told !== null && alert.silenced === null && alert.inhibited === null) notify(alert, 'repeat', at)
      saveAndNotify(alert, at)
    },

    /** Whether a silence, another alert or the time that has passed changes what people hear of it. */
    isDue(alert: Alert, at: number): boolean {
      const flags = flagsOf(alert, at)
      if (flags.silenced !== alert.silenced || flags.inhibited !== alert.inhibited) return true
      return dueNotification(alert, repeatOf(alert), at) !== null
    },

    /** Does what is due, if anything. */
    review(alert: Alert, at: number): void {
      const flags = flagsOf(alert, at)
      const before = { silenced: alert.silenced, inhibited: alert.inhibited }
      Object.assign(alert, flags)
      const transition = dueNotification(alert, repeatOf(alert), at)
      if (transition) notify(alert, transition, at)
      else if (flags.silenced !== before.silenced || flags.inhibited !== before.inhibited) alerts.save(alert)
      else return
      notificationQueue.publishAlert(alert, null)
    },
  }
}
