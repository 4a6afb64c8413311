import type { NotificationQueue } from '../notify/enqueue.ts'
import type { Alert } from '../rules/alert.ts'
import type { BrokerLink } from '../rules/broker-machine.ts'
import type { Device } from '../store/devices.ts'
import type { SeriesName } from '../store/readings/readings.ts'
import type { Store } from '../store/store.ts'
import { trackBackOnline } from './back-online.ts'
import { createDevicesJudge } from './judge-devices.ts'
import { createLateJudge } from './judge-late.ts'
import { createSeriesJudge } from './judge-series.ts'
import { createTextsJudge } from './judge-texts.ts'
import { createRulebook, subjectOf } from './rulebook.ts'
import { createTransitions } from './transitions.ts'

export interface JudgeOptions {
  store: Pick<Store, 'alerts' | 'seriesStates' | 'windowExtremes' | 'devices' | 'rules' | 'silences'>
  notificationQueue: NotificationQueue
  /** ms of silence after which a device that sends heartbeats is offline. */
  offlineAfter: number
}

export type Judge = ReturnType<typeof createJudge>

/**
 * Runs the alert machines on what comes in and writes their steps to the store. Everything here happens inside the
 * transaction that keeps the message, so that an alert and its reading are there together or not at all, and a timer
 * survives a restart.
 */
export function createJudge({
  store: { alerts, seriesStates, windowExtremes, devices, rules, silences },
  notificationQueue,
  offlineAfter,
}: JudgeOptions) {
  const rulebook = createRulebook(rules)
  const backOnline = trackBackOnline(offlineAfter)
  const transitions = createTransitions({ alerts, silences, rulebook, backOnline, notificationQueue })
  const seriesJudge = createSeriesJudge({ alerts, seriesStates, windowExtremes, devices, rulebook, transitions, backOnline })
  const devicesJudge = createDevicesJudge({ alerts, rulebook, transitions, backOnline, offlineAfter })
  const late = createLateJudge({ alerts, rulebook, silences, notificationQueue })
  const texts = createTextsJudge({ alerts, transitions, notificationQueue })
  /** The rules that the open alerts have been held against. */
  let checkedVersion: number | null = null

  /** An alert of a rule that is gone, off, or about something else now: no reading will ever end it. */
  function isOrphan({ rule, condition, room, quantity, subject }: Alert): boolean {
    if (condition === 'message' || condition === 'broker') return false
    if (!rulebook.isAbout(rule, { room, quantity })) return true
    return rulebook.get(rule)?.condition === 'offline' ? devices.get(subject) === undefined : condition === 'offline'
  }

  function close(alert: Alert, at: number): void {
    if (alert.state === 'pending') transitions.cancel(alert, at)
    else transitions.resolve(alert, at)
  }

  function closeOrphans(at: number): void {
    for (const alert of [...alerts.allOpen()]) if (isOrphan(alert)) close(alert, at)
    windowExtremes.keepOnly((rule, subject) =>
      rulebook.series(subject).rules.some((one) => one.rule.name === rule && one.limits.window > 0),
    )
    checkedVersion = rulebook.version
  }

  /** What the passing of time changes, one thing after the other: each is judged by what the one before has left. */
  function* due(at: number, link: BrokerLink, onOffline: (device: Device) => void): Generator<() => void> {
    if (checkedVersion !== rulebook.version) yield () => closeOrphans(at)
    yield* devicesJudge.due(devices.all(), at, link, onOffline)
    if (link.listeningSince !== null) {
      yield* seriesJudge.due(at, link.listeningSince)
      yield* texts.due(at, link.listeningSince)
    }
    for (const alert of [...alerts.allOpen()]) if (transitions.isDue(alert, at)) yield () => transitions.review(alert, at)
  }

  return {
    /**
     * A fresh reading, judged at its arrival.
     * @param how `recorded`: the record brings it again · `deferred`: it had to wait, and the record may have arrived before it
     */
    reading(
      name: SeriesName,
      value: number,
      at: number,
      { recorded, deferred = false }: { recorded: boolean; deferred?: boolean | undefined },
    ): void {
      const series = rulebook.series(subjectOf(name), name)
      if (recorded && deferred && at <= seriesStates.upTo(series.subject)) return
      // Back as well, where our clock was put back: what the record brings would be old news until it is as late again.
      seriesJudge.reading(series, value, at)
    },

    /**
     * Judges readings of the record, of one series. They move the machines only where they are later than everything
     * judged before; an earlier one was judged live, or it is checked whether an alert of its time covers it.
     * @param interval ms between two readings
     * @returns takes each of them: when it was taken by our clock, and whether that is too long ago to be "now"
     */
    forBatch(name: SeriesName, interval: number): (value: number, at: number, old: boolean) => void {
      const subject = subjectOf(name)
      return (value, at, old) => {
        const series = rulebook.series(subject, name)
        if (!old && at > seriesStates.upTo(subject)) seriesJudge.reading(series, value, at)
        else if (series.rules.length > 0) late.reading(series, value, at, interval)
      }
    },

    deviceSeen: devicesJudge.deviceSeen,
    deviceOffline: devicesJudge.deviceOffline,
    hasOfflineAlert: devicesJudge.hasOfflineAlert,
    changesAlert: seriesJudge.changesAlert,
    isWithinRules: seriesJudge.isWithinRules,
    text: texts.text,

    /** @returns the devices that are missed from now on */
    tick(at: number, link: BrokerLink): Device[] {
      const missed: Device[] = []
      const changes = due(at, link, (device) => {
        device.status = 'offline'
        missed.push(device)
      })
      for (const change of changes) change()
      return missed
    },

    /** Whether a tick would change anything; costs no transaction. */
    isTickDue: (at: number, link: BrokerLink): boolean => due(at, link, () => {}).next().done === false,

    /** The series or device goes by another name from now on; its old alerts can never be resolved by a reading. */
    retire(subject: string, at: number): void {
      for (const alert of [...alerts.about(subject).values()]) close(alert, at)
      seriesStates.remove(subject)
    },

    /** After a rollback. */
    rolledBack(): void {
      late.rolledBack()
      checkedVersion = null
    },
  }
}
