import { newAlert } from '../rules/alert.ts'
import { type HouseTroubles, houseAlerts } from '../rules/house-troubles.ts'
import type { Alerts } from '../store/alerts.ts'
import type { Transitions } from './transitions.ts'

/** Raises and resolves the alerts about the upkeep of the house. */
export function createHouseJudge({ alerts, transitions, troubles }: { alerts: Alerts; transitions: Transitions; troubles: HouseTroubles }) {
  return {
    /** Changes that are due. */
    *due(at: number): Generator<() => void> {
      for (const name of houseAlerts) {
        const text = troubles.of(name)
        if (text === undefined) continue
        const alert = alerts.open(name, name)
        if (text === null && alert !== undefined) yield () => transitions.resolve(alert, at)
        if (text === null || alert !== undefined) continue
        const about = { rule: name, subject: name, condition: name, severity: 'warning', text } as const
        yield () => void transitions.saveAndNotify(newAlert({ ...about, state: 'firing', started: at, fired: at }), at)
      }
    },
  }
}
