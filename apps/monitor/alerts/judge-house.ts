import type { Severity } from '@hearthwatch/api/severity'
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
          yield () => void transitions.saveAndNotify(Object.assign(alert, { text, severity: 'warning' }), at)
        if (text !== null && alert === undefined) yield () => fire(name, text, 'warning', at)
      }
    },

    /** The disk is full, and stays full: each call notifies. */
    diskFull(at: number): void {
      const alert = alerts.open('disk', 'disk')
      if (alert === undefined) fire('disk', fullDisk, 'critical', at)
      else transitions.renotify(Object.assign(alert, { text: fullDisk, severity: 'critical' }), at)
    },
  }
}
