import { baseQuantity } from '@hearthwatch/protocol'
import { type Alert, type Alerts, newAlert, type Severity } from '../store/alerts.ts'
import type { Device } from '../store/devices.ts'
import type { Judged } from '../store/judged.ts'
import type { SeriesName } from '../store/readings.ts'
import { judgeLimit, type Limit } from './limit.ts'
import { judgeOffline, type OfflineInput, signOfLife } from './offline.ts'

export type Transition = 'firing' | 'resolved'

export interface JudgeOptions {
  alerts: Alerts
  judged: Judged
  /** When a room is too hot, °C. */
  tooHot: Limit
  /** ms of silence after which a device that sends heartbeats is offline. */
  offlineAfter: number
  /** What people should hear of; called inside the transaction. */
  tell(alert: Alert, transition: Transition, at: number): void
  /** A crossing that became known only when it was over; called again when it turns out to have lasted longer. */
  tellLate(alert: Alert, at: number): void
}

/** A foreign sensor's sentence is over when it has not been repeated for so long. ms */
const quietAfter = 10 * 60_000
/** By so much (ms) the time of a reading, by our clock, may be off: what the network takes differs from one packet to the next. */
const blur = 5000

export type Judge = ReturnType<typeof createJudge>

/**
 * Runs the alert machines on what comes in and writes their steps to the store. Everything here happens inside the
 * transaction that keeps the message, so that an alert and its reading are there together or not at all.
 */
export function createJudge({ alerts, judged, tooHot, offlineAfter, tell, tellLate }: JudgeOptions) {
  const seriesOf = ({ room, quantity, device }: SeriesName) => `${room}/${quantity}/${device ?? ''}`
  const isHeat = (quantity: string) => quantity === 'temperature' || baseQuantity(quantity) === 'temperature'

  function fire(
    alert: Alert | undefined,
    at: number,
    about: Partial<Alert> & Pick<Alert, 'rule' | 'subject' | 'condition' | 'severity'>,
  ): void {
    const firing = { ...about, state: 'firing', fired: at, told: at, tellings: 1, due: about.due ?? null } as const
    const fired = alert ? Object.assign(alert, firing) : alerts.start(newAlert({ ...firing, started: at }))
    if (alert) alerts.save(fired)
    tell(fired, 'firing', at)
  }

  function resolve(alert: Alert, at: number, value = alert.value): void {
    Object.assign(alert, { state: 'resolved', resolved: at, value, due: null })
    alerts.save(alert)
    tell(alert, 'resolved', at)
  }

  function offlineStep(device: Device, input: OfflineInput, at: number) {
    const alert = alerts.open('offline', device.key)
    const open =
      alert === undefined
        ? null
        : alert.state === 'pending'
          ? ({ state: 'pending', due: alert.due ?? at } as const)
          : ({ state: 'firing' } as const)
    return { alert, step: judgeOffline(open, device, input, at, offlineAfter) }
  }

  function offline(device: Device, input: OfflineInput, at: number): void {
    const { alert, step } = offlineStep(device, input, at)
    const about = {
      rule: 'offline',
      condition: 'offline' as const,
      subject: device.key,
      room: device.room,
      device: device.id,
      severity: 'warning' as Severity,
    }
    if (step?.step === 'fire') {
      fire(alert, at, about)
      device.status = 'offline'
    } else if (step?.step === 'wait') {
      alerts.start(newAlert({ ...about, state: 'pending', started: at, due: step.due }))
    } else if (step?.step === 'resolve' && alert) resolve(alert, at)
    else if (step?.step === 'forget' && alert) alerts.drop(alert)
  }

  function heat(name: SeriesName, value: number, at: number): void {
    const subject = seriesOf(name)
    const alert = alerts.open('too-hot', subject)
    const step = judgeLimit(alert !== undefined, value, tooHot)
    if (step === 'fire')
      fire(undefined, at, { ...name, rule: 'too-hot', condition: 'above', subject, severity: 'critical', value, bound: tooHot.above })
    else if (step === 'resolve' && alert) resolve(alert, at, value)
  }

  return {
    /**
     * A fresh reading, judged at its arrival.
     * @param how `recorded`: the record brings it again · `held`: it had to wait, and the record may have overtaken it
     */
    reading(
      name: SeriesName,
      value: number,
      at: number,
      { recorded, held = false }: { recorded: boolean; held?: boolean | undefined },
    ): void {
      if (!isHeat(name.quantity)) return
      const subject = seriesOf(name)
      if (recorded && held && at <= judged.upTo(subject)) return
      // Back as well, where our clock was put back: what the record brings would be old news until it is as late again.
      if (recorded) judged.set(subject, { at, usual: null, signs: 0 })
      heat(name, value, at)
    },

    /**
     * A reading of the record. It moves the machine only where it is later than everything judged before; an earlier
     * one was judged live, or it is checked whether an alert of its time covers it.
     * @param at when it was taken, by our clock
     * @param old it came too late to be taken for "now"
     * @param interval ms between two readings: an alert that begins or ends about so near covers it, too
     */
    recorded(name: SeriesName, value: number, at: number, old: boolean, interval: number): void {
      if (!isHeat(name.quantity)) return
      const isHot = judgeLimit(false, value, tooHot) === 'fire'
      if (old && !isHot) return
      const subject = seriesOf(name)
      if (!old && at > judged.upTo(subject)) {
        judged.set(subject, { at, usual: null, signs: 0 })
        return heat(name, value, at)
      }
      if (!isHot) return
      const near = interval + blur
      const alert = alerts.covering('too-hot', subject, at - near, at + near)
      if (alert === undefined) {
        const about = { rule: 'too-hot', condition: 'above', subject, severity: 'critical', value, bound: tooHot.above } as const
        const when = { started: at, fired: at, resolved: at, state: 'resolved', late: 1 } as const
        const late = alerts.start(newAlert({ ...name, ...about, ...when }))
        tellLate(late, at)
      } else if (alert.late) tellLate(alerts.extendLate(alert.id, at, value), at)
    },

    /** Any fresh message: the device lives. */
    alive(device: Device, at: number): void {
      const missed = alerts.open('offline', device.key)?.state === 'firing'
      offline(device, { kind: 'alive' }, at)
      Object.assign(device, signOfLife(device, at, missed))
    },

    /** A fresh `offline`. */
    saidOffline: (device: Device, at: number) => offline(device, { kind: 'offline' }, at),

    /**
     * What a foreign sensor says. While its room has an alert anyway it tells nothing new; else it is an alert of its
     * own, as long as it is repeated.
     */
    text(room: string, text: string, at: number): void {
      const alert = alerts.open('message', room)
      if (alert) {
        Object.assign(alert, { text, due: at + quietAfter })
        alerts.save(alert)
      } else if (![...alerts.allOpen()].some((open) => open.room === room && open.state === 'firing')) {
        fire(undefined, at, { rule: 'message', condition: 'message', subject: room, room, severity: 'warning', text, due: at + quietAfter })
      }
    },

    /**
     * What the passing of time changes.
     * @param watching since when we can hear the devices, ms; null: we cannot
     * @returns the devices that are missed from now on
     */
    tick(devices: Iterable<Device>, at: number, watching: number | null): Device[] {
      const changed: Device[] = []
      for (const device of devices) {
        if (offlineStep(device, { kind: 'tick', watching }, at).step === null) continue
        offline(device, { kind: 'tick', watching }, at)
        changed.push(device)
      }
      for (const alert of [...alerts.allOpen()]) {
        if (isQuiet(alert, at, watching)) resolve(alert, at)
      }
      return changed
    },

    /** Whether a tick would change anything; costs no transaction. */
    isTickDue(devices: Iterable<Device>, at: number, watching: number | null): boolean {
      for (const device of devices) if (offlineStep(device, { kind: 'tick', watching }, at).step !== null) return true
      for (const alert of alerts.allOpen()) if (isQuiet(alert, at, watching)) return true
      return false
    },

    /** Whether this reading changes an alert: then its commit should not wait. */
    isStep(name: SeriesName, value: number): boolean {
      return isHeat(name.quantity) && judgeLimit(alerts.open('too-hot', seriesOf(name)) !== undefined, value, tooHot) !== null
    },

    /** Whether anything fresh from this device ends an alert. */
    isMissed: (key: string) => alerts.open('offline', key) !== undefined,

    /** The series or device goes by another name from now on; its old alerts can never be resolved by a reading. */
    retire(subjects: readonly (readonly [rule: string, subject: string])[], at: number): void {
      for (const [rule, subject] of subjects) {
        const alert = alerts.open(rule, subject)
        if (alert?.state === 'firing') resolve(alert, at)
        else if (alert) alerts.drop(alert)
      }
    },
  }
}

/** While nothing can be heard, silence says nothing. */
function isQuiet(alert: Alert, at: number, watching: number | null): boolean {
  return alert.rule === 'message' && alert.due !== null && watching !== null && at >= Math.max(alert.due, watching + quietAfter)
}
