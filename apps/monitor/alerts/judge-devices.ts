import type { Rule } from '@hearthwatch/api/rule'
import { type Alert, newAlert } from '../rules/alert.ts'
import { type BrokerLink, broker, deaf, judgeBroker, judgeDeaf } from '../rules/broker-machine.ts'
import {
  hasTimedOut,
  judgeOffline,
  type OfflineInput,
  type OfflineState,
  type OfflineStep,
  observeDevice,
} from '../rules/offline-machine.ts'
import type { Alerts } from '../store/alerts.ts'
import type { Device } from '../store/devices.ts'
import type { AlertRate } from './alert-rate.ts'
import type { BackOnline } from './back-online.ts'
import { createPauses, type Due } from './due.ts'
import type { Rulebook } from './rulebook.ts'
import type { Transitions } from './transitions.ts'

export interface DevicesJudgeOptions {
  alerts: Alerts
  rulebook: Rulebook
  transitions: Transitions
  backOnline: BackOnline
  rate: AlertRate
  /** Time without a message after which a device that sends heartbeats is offline, ms. */
  offlineAfter: number
}

/** Runs the alert machines of devices (rules with `offline`), and that of the connection to the broker. */
export function createDevicesJudge({ alerts, rulebook, transitions, backOnline, rate, offlineAfter }: DevicesJudgeOptions) {
  function step(rule: Rule, device: Device, input: OfflineInput, at: number): OfflineStep {
    const terms = { offlineAfter, for: rule.for * 1000, keepFiringFor: rule.keepFiringFor * 1000 }
    return judgeOffline(stateOf(alerts.open(rule.name, device.key), at), device, input, at, terms)
  }

  function write(rule: Rule, device: Device, step: OfflineStep, at: number): void {
    const alert = alerts.open(rule.name, device.key)
    if (step?.step === 'fire' && !rate.begin(sourceOf(device), at)) return
    switch (step?.step) {
      case 'pending':
        return void transitions.saveAndNotify(newAlert({ ...aboutOf(rule, device), state: 'pending', started: at, due: step.due }), at)
      case 'fire': {
        const begun = alert ?? newAlert({ ...aboutOf(rule, device), state: 'pending', started: at })
        return void transitions.saveAndNotify(Object.assign(begun, { state: 'firing', fired: at, due: null, acknowledged: null }), at)
      }
      case 'cancel':
        return alert && transitions.cancel(alert, at)
      case 'resolve':
        return alert && transitions.resolve(alert, at)
      case 'recover':
        return alert && void transitions.saveAndNotify(Object.assign(alert, { state: 'recovering', well: at }), at)
      case 'refire':
        return alert && void transitions.saveAndNotify(Object.assign(alert, { state: 'firing', well: null }), at)
    }
  }

  function judge(device: Device, input: OfflineInput, at: number): void {
    for (const rule of rulebook.offline(device)) write(rule, device, step(rule, device, input, at), at)
  }

  function* judgeLink(link: BrokerLink, at: number): Generator<() => void> {
    for (const [rule, machine] of linkMachines) {
      const alert = alerts.open(rule, rule)
      const step = machine(alert !== undefined, link, at)
      if (step === 'resolve') yield () => alert && transitions.resolve(alert, at)
      if (step !== 'fire') continue
      const about = { rule, subject: rule, condition: rule, severity: 'critical', text: link.undelivered?.join(', ') ?? null } as const
      yield () => void transitions.saveAndNotify(newAlert({ ...about, state: 'firing', started: link.downSince ?? at, fired: at }), at)
    }
  }

  return {
    /** The device sent a live message of any kind. */
    deviceSeen(device: Device, at: number): void {
      const wasMissing = device.status === 'offline' || isFiring(alerts.about(device.key))
      backOnline.seen(device, at)
      judge(device, { kind: 'seen' }, at)
      Object.assign(device, observeDevice(device, at, wasMissing))
    },

    /**
     * `online` was published on a topic on which anyone may publish: it cancels an alert that is pending, and proves no more.
     * @returns false if the device is missing: its own messages end that
     */
    deviceOnline(device: Device, at: number): boolean {
      const open = [...alerts.about(device.key).values()]
      if (device.seen === null || at - device.seen >= offlineAfter || open.some(({ state }) => state !== 'pending')) return false
      judge(device, { kind: 'seen' }, at)
      return true
    },

    /** The device, or its last will, published `offline`; not as a retained message. */
    deviceOffline: (device: Device, at: number) => judge(device, { kind: 'offline' }, at),

    /** True if a live message of this device changes an alert. */
    hasOfflineAlert: (key: string) => alerts.about(key).size > 0,

    /**
     * Changes that are due because time has passed.
     * @param onOffline called for each device that is offline from now on, also without a rule
     */
    *due(devices: Iterable<Device>, at: number, link: BrokerLink, onOffline: (device: Device) => void): Due {
      const { listeningSince } = link
      const isPause = createPauses()
      yield* judgeLink(link, at)
      if (listeningSince === null) return
      for (const device of devices) {
        if (isPause()) yield null
        if (isExcused(device)) continue
        let changes = false
        for (const rule of rulebook.offline(device)) {
          const next = step(rule, device, { kind: 'tick', listeningSince }, at)
          if (next === null || (next.step === 'fire' && rate.isFull(sourceOf(device), at))) continue
          changes ||= next.step === 'fire'
          yield () => write(rule, device, next, at)
        }
        if (device.status !== 'offline' && (changes || hasTimedOut(device, listeningSince, at, offlineAfter))) yield () => onOffline(device)
      }
    },
  }
}

const linkMachines = [
  [broker, judgeBroker],
  [deaf, judgeDeaf],
] as const

const sourceOf = ({ id, room }: Device) => ({ device: id, room })

/** True for a device of others that is no longer announced, is ignored, or is behind a gateway that is offline. */
const isExcused = ({ described, status }: Device) => described !== null && (described.isGone || described.isIgnored || status === 'unknown')

function isFiring(open: ReadonlyMap<string, Alert>): boolean {
  for (const { state } of open.values()) if (state === 'firing') return true
  return false
}

function stateOf(alert: Alert | undefined, at: number): OfflineState {
  if (alert === undefined) return null
  if (alert.state === 'pending') return { state: 'pending', due: alert.due ?? at }
  return alert.state === 'recovering' ? { state: 'recovering', since: alert.well ?? at } : { state: 'firing' }
}

function aboutOf(rule: Rule, { key, id, room }: Device) {
  const { name, title = null, severity, channels, message = null } = rule
  return { rule: name, title, subject: key, condition: 'offline', room, device: id, severity, channels, message } as const
}
