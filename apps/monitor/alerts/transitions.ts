import type { NotificationQueue } from '../notify/enqueue.ts'
import type { Alert, NewAlert } from '../rules/alert.ts'
import { silencedUntil, type Transition, tellingOf } from '../rules/when-to-notify.ts'
import type { Alerts } from '../store/alerts.ts'
import type { Silences } from '../store/silences.ts'
import type { Lives } from './back-online.ts'
import { inhibitorOf } from './inhibition.ts'
import type { Rulebook } from './rulebook.ts'

export interface TransitionsOptions {
  alerts: Alerts
  silences: Pick<Silences, 'active'>
  rulebook: Rulebook
  lives: Lives
  notificationQueue: Pick<NotificationQueue, 'publishAlert' | 'enqueueAlert'>
}

export type Transitions = ReturnType<typeof createTransitions>

/** Writes what happens to alerts, and says of each what people should hear of it. Inside the transaction. */
export function createTransitions({ alerts, silences, rulebook, lives, notificationQueue }: TransitionsOptions) {
  const flagsOf = (alert: Alert, at: number) => ({
    silenced: silencedUntil(alert, silences.active(at)),
    inhibited: inhibitorOf(alert, alerts, lives, at),
  })
  const repeatOf = ({ rule }: Alert) => rulebook.get(rule)?.repeat ?? []

  function tell(alert: Alert, transition: Transition, at: number): void {
    if (transition !== 'resolved') Object.assign(alert, { told: at, tellings: alert.tellings + 1 })
    alerts.save(alert)
    notificationQueue.enqueueAlert(alert, transition, at, alert.channels)
  }

  /** Writes the state that the alert has now, and tells what there is to tell of it. */
  function put(about: Alert | NewAlert, at: number): Alert {
    const alert = 'id' in about ? about : alerts.start(about)
    Object.assign(alert, flagsOf(alert, at))
    const transition = tellingOf(alert, repeatOf(alert), at)
    if (transition) tell(alert, transition, at)
    else alerts.save(alert)
    notificationQueue.publishAlert(alert, alert.state)
    return alert
  }

  return {
    put,

    resolve(alert: Alert, at: number, value = alert.value): void {
      put(Object.assign(alert, { state: 'resolved', resolved: at, value, due: null, well: null }), at)
    },

    /** For a doubt that came to nothing. */
    drop(alert: Alert, at: number): void {
      alerts.drop(alert)
      notificationQueue.publishAlert({ ...alert, state: 'resolved', resolved: at }, null)
    },

    /** What it says has become something else, and whoever was told must hear of it. */
    putAgain(alert: Alert, at: number): void {
      alert.acknowledged = null
      Object.assign(alert, flagsOf(alert, at))
      if (alert.told !== null && alert.silenced === null && alert.inhibited === null) tell(alert, 'repeat', at)
      put(alert, at)
    },

    /** Whether a silence, another alert or the time that has passed changes what people hear of it. */
    isDue(alert: Alert, at: number): boolean {
      const flags = flagsOf(alert, at)
      if (flags.silenced !== alert.silenced || flags.inhibited !== alert.inhibited) return true
      return tellingOf(alert, repeatOf(alert), at) !== null
    },

    /** Does what is due, if anything. */
    review(alert: Alert, at: number): void {
      const flags = flagsOf(alert, at)
      const before = { silenced: alert.silenced, inhibited: alert.inhibited }
      Object.assign(alert, flags)
      const transition = tellingOf(alert, repeatOf(alert), at)
      if (transition) tell(alert, transition, at)
      else if (flags.silenced !== before.silenced || flags.inhibited !== before.inhibited) alerts.save(alert)
      else return
      notificationQueue.publishAlert(alert, null)
    },
  }
}
