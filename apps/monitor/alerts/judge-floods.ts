import { hour } from '@hearthwatch/protocol/durations'
import { newAlert } from '../rules/alert.ts'
import type { Alerts } from '../store/alerts.ts'
import type { Transitions } from './transitions.ts'

/** Rule of the alert that a sender sends too much. */
export const flood = 'flood'

/** The alert resolves when nothing was refused for this time. ms */
const resolveAfter = hour

export interface FloodsJudgeOptions {
  alerts: Alerts
  transitions: Transitions
}

/** One alert for each sender whose rooms, series or alerts were refused because it sends too much. */
export function createFloodsJudge({ alerts, transitions }: FloodsJudgeOptions) {
  return {
    /** @param device null: plain topics, whose sender is unknown */
    flood(device: string | null, at: number): void {
      const subject = device ?? '/'
      const due = at + resolveAfter
      const alert = alerts.open(flood, subject)
      if (alert) return alerts.save(Object.assign(alert, { due }))
      const about = { rule: flood, subject, condition: flood, device, severity: 'warning' } as const
      transitions.saveAndNotify(newAlert({ ...about, state: 'firing', started: at, fired: at, due }), at)
    },

    /** Alerts to resolve. */
    *due(at: number): Generator<() => void> {
      for (const alert of alerts.allOpen()) {
        if (alert.rule !== flood || alert.due === null) continue
        // If the clock was set back, `due` lies too far in the future.
        if (at >= alert.due || alert.due > at + resolveAfter) yield () => transitions.resolve(alert, at)
      }
    },
  }
}
