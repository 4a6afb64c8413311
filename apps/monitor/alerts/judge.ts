import type { Ending } from '@hearthwatch/api/alerts'
import { alertsWithoutRule } from '@hearthwatch/api/rule-bounds'
import type { NotificationQueue } from '../notify/enqueue.ts'
import type { Alert } from '../rules/alert.ts'
import type { BrokerLink } from '../rules/broker-machine.ts'
import { createHouseTroubles, type HouseTroubles } from '../rules/house-troubles.ts'
import type { Device } from '../store/devices.ts'
import type { SeriesName } from '../store/readings/readings.ts'
import { subjectOf } from '../store/readings/series-name.ts'
import type { Store } from '../store/store.ts'
import { limitAlertRate } from './alert-rate.ts'
import { trackBackOnline } from './back-online.ts'
import type { Due } from './due.ts'
import { createDevicesJudge } from './judge-devices.ts'
import { createFloodsJudge } from './judge-floods.ts'
import { createHouseJudge } from './judge-house.ts'
import { createLateJudge } from './judge-late.ts'
import { createSeriesJudge } from './judge-series.ts'
import { createTextsJudge } from './judge-texts.ts'
import { createRulebook } from './rulebook.ts'
import { createTransitions } from './transitions.ts'

export interface JudgeOptions {
  store: Pick<Store, 'alerts' | 'seriesStates' | 'windowExtremes' | 'devices' | 'rules' | 'silences' | 'isUnproven'>
  notificationQueue: NotificationQueue
  /** Time without a message after which a device that sends heartbeats is offline, ms. */
  offlineAfter: number
  /** Default: nothing is known of the upkeep of the house. */
  troubles?: HouseTroubles
}

export type Judge = ReturnType<typeof createJudge>

/**
 * Runs the alert machines on messages and on the passing of time. Call it inside the transaction that stores the message.
 * A reading and its alert are then stored together or not at all, and a pending alert survives a restart.
 */
export function createJudge({
  store: { alerts, seriesStates, windowExtremes, devices, rules, silences, isUnproven },
  notificationQueue,
  offlineAfter,
  troubles = createHouseTroubles(),
}: JudgeOptions) {
  const rulebook = createRulebook(rules)
  const backOnline = trackBackOnline(offlineAfter)
  const transitions = createTransitions({ alerts, silences, rulebook, backOnline, notificationQueue })
  const floods = createFloodsJudge({ alerts, transitions })
  const house = createHouseJudge({ alerts, transitions, troubles })
  const rate = limitAlertRate(isUnproven, floods.flood)
  const seriesJudge = createSeriesJudge({ alerts, seriesStates, windowExtremes, devices, rulebook, transitions, backOnline, rate })
  const devicesJudge = createDevicesJudge({ alerts, rulebook, transitions, backOnline, rate, offlineAfter })
  const late = createLateJudge({ alerts, rulebook, silences, notificationQueue, rate })
  const texts = createTextsJudge({ alerts, transitions, notificationQueue, rate })
  /** The version of the rules that the open alerts were last checked against. */
  let checkedVersion: number | null = null

  /** Why no reading would resolve an alert: its rule was removed, switched off, or no longer applies to its subject; null: one would. */
  function endingOf({ rule, condition, room, quantity, subject }: Alert): Ending | null {
    if ((alertsWithoutRule as readonly string[]).includes(condition)) return null
    const found = rulebook.get(rule)
    if (found === undefined) return rules.all().some(({ name }) => name === rule) ? 'rule-off' : 'rule-removed'
    if (found.condition === 'offline' && devices.get(subject) === undefined) return 'forgotten'
    const isForDevices = condition === 'offline'
    return rulebook.isAbout(rule, { room, quantity }) && isForDevices === (found.condition === 'offline') ? null : 'rule-changed'
  }

  function close(alert: Alert, ended: Ending, at: number): void {
    if (alert.state === 'pending') transitions.cancel(alert, at)
    else transitions.end(alert, ended, at)
  }

  function closeOrphans(at: number): void {
    for (const alert of [...alerts.allOpen()]) {
      const ended = endingOf(alert)
      if (ended !== null) close(alert, ended, at)
    }
    windowExtremes.keepOnly((rule, subject) =>
      rulebook.series(subject).rules.some((one) => one.rule.name === rule && one.limits.window > 0),
    )
    checkedVersion = rulebook.version
  }

  /** Changes that are due because time has passed. Carry out each one before taking the next, which depends on it. */
  function* due(at: number, link: BrokerLink, onOffline: (device: Device) => void): Due {
    if (checkedVersion !== rulebook.version) yield () => closeOrphans(at)
    yield* devicesJudge.due(devices.all(), at, link, onOffline)
    yield* floods.due(at)
    yield* house.due(at)
    if (link.listeningSince !== null) {
      yield* seriesJudge.due(at, link.listeningSince)
      yield* texts.due(at, link.listeningSince)
    }
    for (const alert of [...alerts.allOpen()]) if (transitions.isDue(alert, at)) yield () => transitions.review(alert, at)
  }

  return {
    /**
     * Judges a live reading.
     * @param how `recorded`: a batch will bring it again. `deferred`: it was held back, and the batch may have arrived before it.
     *   `endsNothing`: anyone may have sent it, so the batch ends alerts.
     * @returns false if it would have ended an alert
     */
    reading(
      name: SeriesName,
      value: number,
      at: number,
      { recorded, deferred = false, endsNothing = false }: { recorded: boolean; deferred?: boolean | undefined; endsNothing?: boolean },
    ): boolean {
      const series = rulebook.series(subjectOf(name), name)
      if (recorded && deferred && at <= seriesStates.upTo(series.subject)) return true
      // If our clock was set back, this resets `upTo` too; otherwise new rows would count as late until the clock catches up.
      return seriesJudge.reading(series, value, at, endsNothing)
    },

    /**
     * Judges the readings of one series in a batch. A reading that is later than all judged before runs the machines.
     * An earlier one was judged live, or is judged as late.
     * @param interval ms between two readings
     * @param arrival when the batch arrived, ms
     * @returns a function for each reading; `at`: when it was taken, by our clock; `old`: true if it is too old to be current
     */
    forBatch(name: SeriesName, interval: number, arrival: number): (value: number, at: number, old: boolean) => void {
      const subject = subjectOf(name)
      return (value, at, old) => {
        const series = rulebook.series(subject, name)
        if (!old && at > seriesStates.upTo(subject)) seriesJudge.reading(series, value, at)
        else if (series.rules.length > 0) late.reading(series, value, at, interval, arrival)
      }
    },

    deviceSeen: devicesJudge.deviceSeen,
    deviceOnline: devicesJudge.deviceOnline,
    deviceOffline: devicesJudge.deviceOffline,
    hasOfflineAlert: devicesJudge.hasOfflineAlert,
    changesAlert: seriesJudge.changesAlert,
    isWithinRules: seriesJudge.isWithinRules,
    text: texts.text,
    flood: floods.flood,
    diskFull: house.diskFull,

    /** Judges the passing of time. @returns the devices that are offline from now on */
    tick(at: number, link: BrokerLink): Device[] {
      const offline: Device[] = []
      const changes = due(at, link, (device) => {
        device.status = 'offline'
        offline.push(device)
      })
      for (const change of changes) change?.()
      return offline
    },

    /** Looks for anything that `tick` would change, a part of the house with each step: its first change is enough. Needs no transaction. */
    look: (at: number, link: BrokerLink): Due => due(at, link, () => {}),

    /** Time of the last judged reading of a series without a device, ms; 0: none. An open alert about it counts as now. */
    plainReading(room: string, quantity: string, at: number): number {
      const subject = subjectOf({ room, quantity, device: null })
      return alerts.about(subject).size > 0 ? at : seriesStates.upTo(subject)
    },

    /** Closes the alerts of a series or device that another one has replaced. */
    retire(subject: string, at: number): void {
      for (const alert of [...alerts.about(subject).values()]) close(alert, 'moved', at)
      seriesStates.remove(subject)
    },

    /** After a rollback: drops the state in memory. */
    rolledBack(): void {
      late.rolledBack()
      checkedVersion = null
    },
  }
}
