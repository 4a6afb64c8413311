import type { Ending } from '@hearthwatch/api/alerts'
import type { NotificationQueue } from '../notify/enqueue.ts'
import type { Alert, NewAlert } from '../rules/alert.ts'
import { dueNotification, reminderAfter, silencedUntil, type Transition } from '../rules/when-to-notify.ts'
import type { Alerts } from '../store/alerts.ts'
import type { Silences } from '../store/silences.ts'
import type { BackOnline } from './back-online.ts'
import { countFlaps, isUnconfirmed, mostShort } from './flapping.ts'
import { inhibitorOf } from './inhibition.ts'
import type { Rulebook } from './rulebook.ts'

export interface TransitionsOptions {
  alerts: Alerts
  silences: Pick<Silences, 'active'>
  rulebook: Rulebook
  backOnline: BackOnline
  notificationQueue: Pick<NotificationQueue, 'publishAlert' | 'enqueueAlert' | 'logOnCommit'>
}

export type Transitions = ReturnType<typeof createTransitions>

/** Saves changes of alerts, enqueues the notifications that are due, and publishes the alerts to the page; inside the transaction. */
export function createTransitions({ alerts, silences, rulebook, backOnline, notificationQueue }: TransitionsOptions) {
  const suppressionOf = (alert: Alert, at: number) => ({
    silenced: silencedUntil(alert, silences.active(at)),
    inhibited: inhibitorOf(alert, alerts, backOnline, at),
  })
  function dueNow(alert: Alert, at: number): Transition | null {
    const due = dueNotification(alert, rulebook.get(alert.rule)?.repeat ?? [], at)
    return due === 'firing' && isUnconfirmed(alert, formerOf(alert), at) ? null : due
  }

  /** The alerts before this one. Only on a plain topic can two devices publish without our knowing. */
  function formerOf({ rule, subject, id, device, quantity }: Alert): readonly Alert[] {
    return device === null && quantity !== null ? alerts.before(rule, subject, id, mostShort + 1) : []
  }

  /** Logs once that alerts flap. */
  function logFlaps(alert: Alert): void {
    if (alert.state !== 'firing' || countFlaps(alert, formerOf(alert)) !== mostShort) return
    const { rule, room, quantity } = alert
    const why = 'an alert begins and ends again and again, and is sent only if it lasts: do two devices publish on this topic?'
    notificationQueue.logOnCommit('warn', why, { rule, room, quantity })
  }

  function notify(alert: Alert, transition: Transition, at: number): void {
    if (transition !== 'resolved') Object.assign(alert, { told: at, tellings: alert.tellings + 1 })
    alerts.save(alert)
    const next = transition === 'resolved' ? null : reminderAfter(alert.tellings, rulebook.get(alert.rule)?.repeat ?? [])
    notificationQueue.enqueueAlert(alert, transition, at, next)
  }

  function saveAndNotify(about: Alert | NewAlert, at: number): Alert {
    const alert = 'id' in about ? about : alerts.start(about)
    Object.assign(alert, suppressionOf(alert, at))
    const transition = dueNow(alert, at)
    if (transition) notify(alert, transition, at)
    else alerts.save(alert)
    if (alert.told === null) logFlaps(alert)
    notificationQueue.publishAlert(alert, alert.state)
    return alert
  }

  return {
    saveAndNotify,

    /** @param value the reading that resolves it; one that is still beyond the limit of the alert shows that the rule was changed */
    resolve(alert: Alert, at: number, value?: number | null): void {
      const ended = value !== undefined && isBeyond(alert, value) ? 'rule-changed' : null
      saveAndNotify(Object.assign(alert, { ...over(at), value: value === undefined ? alert.value : value, ended }), at)
    },

    /** Ends an alert whose condition is not over. */
    end(alert: Alert, ended: Ending, at: number): void {
      saveAndNotify(Object.assign(alert, { ...over(at), ended }), at)
    },

    /** Deletes a pending alert. */
    cancel(alert: Alert, at: number): void {
      alerts.drop(alert)
      notificationQueue.publishAlert({ ...alert, state: 'resolved', resolved: at }, null)
    },

    /** For a firing alert whose reason has changed: notifies everyone who received the first message. */
    renotify(alert: Alert, at: number): void {
      alert.acknowledged = null
      Object.assign(alert, suppressionOf(alert, at))
      if (alert.told !== null && alert.silenced === null && alert.inhibited === null) notify(alert, 'repeat', at)
      saveAndNotify(alert, at)
    },

    /** True if a silence or an inhibition began or ended, or a notification is due. */
    isDue(alert: Alert, at: number): boolean {
      const { silenced, inhibited } = suppressionOf(alert, at)
      return silenced !== alert.silenced || inhibited !== alert.inhibited || dueNow(alert, at) !== null
    },

    /** Does what `isDue` has found. */
    review(alert: Alert, at: number): void {
      const { silenced, inhibited } = alert
      Object.assign(alert, suppressionOf(alert, at))
      const transition = dueNow(alert, at)
      if (transition) notify(alert, transition, at)
      else if (alert.silenced !== silenced || alert.inhibited !== inhibited) alerts.save(alert)
      else return
      notificationQueue.publishAlert(alert, null)
    },
  }
}

const over = (at: number) => ({ state: 'resolved', resolved: at, due: null, well: null }) as const

/** True if a value is beyond the limit that the alert was raised by. */
function isBeyond({ condition, bound, noData }: Alert, value: number | null): boolean {
  if (value === null || bound === null || noData === 1) return false
  return condition === 'above' ? value > bound : condition === 'below' && value < bound
}
