import type { Severity } from '@hearthwatch/api/severity'
import { hour } from '@hearthwatch/protocol/durations'
import { newAlert } from '../rules/alert.ts'
import { fullDisk } from '../rules/disk-machine.ts'
import { type HouseAlert, type HouseTroubles, houseAlerts } from '../rules/house-troubles.ts'
import type { Alerts } from '../store/alerts.ts'
import type { Transitions } from './transitions.ts'

/** Raises and resolves the alerts about the upkeep of the house. */
export function createHouseJudge({ alerts, transitions, troubles }: { alerts: Alerts; transitions: Transitions; troubles: HouseTroubles }) {
  const fire = (name: HouseAlert, text: string, severity: Severity, at: number) =>
    void transitions.saveAndNotify(
      newAlert({ rule: name, subject: name, condition: name, severity, text, state: 'firing', started: at, fired: at }),
      at,
    )
  return {
    /** Changes that are due. */
    *due(at: number): Generator<() => void> {
      for (const name of houseAlerts) {
        const text = troubles.of(name)
        if (text === undefined) continue
        const alert = alerts.open(name, name)
        if (text === null && alert !== undefined) yield () => transitions.resolve(alert, at)
        if (text !== null && text !== fullDisk && alert?.text === fullDisk)
          yield () => void transitions.saveAndNotify(Object.assign(alert, { text }), at)
        if (text !== null && alert === undefined) yield () => fire(name, text, 'warning', at)
      }
    },

    /** The disk is full. Notifies at once; again an hour later at the earliest, for a disk that is full every few minutes. */
    diskFull(at: number): void {
      const alert = alerts.open('disk', 'disk')
      if (alert === undefined) return fire('disk', fullDisk, 'critical', at)
      const isNotified = alert.severity === 'critical' && alert.told !== null && Math.abs(at - alert.told) < hour
      Object.assign(alert, { text: fullDisk, severity: 'critical' })
      if (isNotified) transitions.saveAndNotify(alert, at)
      else transitions.renotify(alert, at)
    },
  }
}
