import type { Rule } from '@hearthwatch/api/rule'
import { type Alert, newAlert } from '../rules/alert.ts'
import { broker, type Hearing, judgeBroker } from '../rules/broker-machine.ts'
import { isMissed, judgeOffline, type OfflineInput, type OfflineState, type OfflineStep, signOfLife } from '../rules/offline-machine.ts'
import type { Alerts } from '../store/alerts.ts'
import type { Device } from '../store/devices.ts'
import type { Lives } from './back-online.ts'
import type { Rulebook } from './rulebook.ts'
import type { Transitions } from './transitions.ts'

export interface DevicesJudgeOptions {
  alerts: Alerts
  rulebook: Rulebook
  transitions: Transitions
  lives: Lives
  /** ms of silence after which a device that sends heartbeats is offline. */
  offlineAfter: number
}

/** Who is missed: each device by its rules for `offline`, and the broker, without which nobody can be heard. */
export function createDevicesJudge({ alerts, rulebook, transitions, lives, offlineAfter }: DevicesJudgeOptions) {
  function step(rule: Rule, device: Device, input: OfflineInput, at: number): OfflineStep {
    const terms = { after: offlineAfter, later: rule.for * 1000, keep: rule.keepFiringFor * 1000 }
    return judgeOffline(stateOf(alerts.open(rule.name, device.key), at), device, input, at, terms)
  }

  function take(rule: Rule, device: Device, step: OfflineStep, at: number): void {
    const alert = alerts.open(rule.name, device.key)
    switch (step?.step) {
      case 'wait':
        return void transitions.put(newAlert({ ...aboutOf(rule, device), state: 'pending', started: at, due: step.due }), at)
      case 'fire': {
        const begun = alert ?? newAlert({ ...aboutOf(rule, device), state: 'pending', started: at })
        return void transitions.put(Object.assign(begun, { state: 'firing', fired: at, due: null, acknowledged: null }), at)
      }
      case 'forget':
        return alert && transitions.drop(alert, at)
      case 'resolve':
        return alert && transitions.resolve(alert, at)
      case 'recover':
        return alert && void transitions.put(Object.assign(alert, { state: 'recovering', well: at }), at)
      case 'relapse':
        return alert && void transitions.put(Object.assign(alert, { state: 'firing', well: null }), at)
    }
  }

  function judge(device: Device, input: OfflineInput, at: number): void {
    for (const rule of rulebook.offline(device)) take(rule, device, step(rule, device, input, at), at)
  }

  function judgeLink(hearing: Hearing, at: number): (() => void) | null {
    const alert = alerts.open(broker, broker)
    const step = judgeBroker(alert !== undefined, hearing, at)
    if (step === 'resolve') return () => alert && transitions.resolve(alert, at)
    if (step === null) return null
    const about = { rule: broker, subject: broker, condition: broker, severity: 'critical' } as const
    return () => void transitions.put(newAlert({ ...about, state: 'firing', started: hearing.deaf ?? at, fired: at }), at)
  }

  return {
    /** Any fresh message: the device lives. */
    alive(device: Device, at: number): void {
      const missed = device.status === 'offline' || isFiring(alerts.about(device.key))
      lives.sign(device, at)
      judge(device, { kind: 'alive' }, at)
      Object.assign(device, signOfLife(device, at, missed))
    },

    /** A fresh `offline`. */
    saidOffline: (device: Device, at: number) => judge(device, { kind: 'offline' }, at),

    /** Whether anything fresh from this device changes an alert. */
    isMissed: (key: string) => alerts.about(key).size > 0,

    /**
     * What the passing of time changes.
     * @param onMissed is given each device that is missed from now on, whether or not a rule tells it
     */
    *due(devices: Iterable<Device>, at: number, hearing: Hearing, onMissed: (device: Device) => void): Generator<() => void> {
      const { watching } = hearing
      const link = judgeLink(hearing, at)
      if (link) yield link
      if (watching === null) return
      for (const device of devices) {
        let changes = false
        for (const rule of rulebook.offline(device)) {
          const next = step(rule, device, { kind: 'tick', watching }, at)
          if (next === null) continue
          changes ||= next.step === 'fire'
          yield () => take(rule, device, next, at)
        }
        if (device.status !== 'offline' && (changes || isMissed(device, watching, at, offlineAfter))) yield () => onMissed(device)
      }
    },
  }
}

function isFiring(open: ReadonlyMap<string, Alert>): boolean {
  for (const { state } of open.values()) if (state === 'firing') return true
  return false
}

function stateOf(alert: Alert | undefined, at: number): OfflineState {
  if (alert === undefined) return null
  if (alert.state === 'pending') return { state: 'pending', due: alert.due ?? at }
  return alert.state === 'recovering' ? { state: 'recovering', well: alert.well ?? at } : { state: 'firing' }
}

function aboutOf(rule: Rule, { key, id, room }: Device) {
  const { name, severity, channels, message } = rule
  return { rule: name, subject: key, condition: 'offline', room, device: id, severity, channels, message: message ?? null } as const
}
