import type { Severity } from '@hearthwatch/api/severity'
import { dayBounds, localDate, type Zone } from '../localtime.ts'
import type { Budget } from '../store/notification-content.ts'
import type { Notifications } from '../store/notifications.ts'
import type { Channel } from './channels/channel.ts'
import { type Localized, localized } from './text/localized.ts'

/**
 * Whether one more message may go out: what is critical may spend all of a budget, everything else nine tenths of it.
 * @param perMonth messages of a calendar month
 * @param used of this month so far
 * @returns why it may not, in plain words; or that it may, and whether it is the one with which four fifths are spent
 */
export function allowance(
  perMonth: number,
  used: number,
  severity: Severity,
): { refusal: Localized } | { refusal: null; isWarning: boolean } {
  const reserve = Math.ceil(perMonth / 10)
  if (used >= perMonth)
    return { refusal: localized(`The ${perMonth} messages of this month are spent.`, `本月的 ${perMonth} 則訊息已用完。`) }
  if (severity !== 'critical' && used >= perMonth - reserve)
    return {
      refusal: localized(
        `Of the ${perMonth} messages of this month the last ${reserve} are kept for what is critical.`,
        `本月的 ${perMonth} 則訊息中，最後 ${reserve} 則保留給緊急警報。`,
      ),
    }
  return { refusal: null, isWarning: used + 1 === Math.ceil(perMonth * 0.8) }
}

/** When the calendar month of this moment began there, ms. */
export function monthStart(now: number, zone: Zone): number {
  return dayBounds(`${localDate(now, zone).slice(0, 8)}01`, zone).from
}

/** What a channel has spent, counted from the table. */
export function budgetOf({ name, budget }: Channel, notifications: Notifications, zone: Zone) {
  const used = (at: number) => notifications.spent(name, monthStart(at, zone))
  return {
    /** For the API and the summary; null: there is no limit. */
    state: (at: number): Budget | null => budget && { channel: name, perMonth: budget.perMonth, used: used(at) },

    /** @returns why this message may not go out, or null and what it has to say of the budget */
    ask(severity: Severity, at: number): { refusal: Localized } | { refusal: null; warning: Budget | null } {
      if (budget === null) return { refusal: null, warning: null }
      const [{ perMonth }, spent] = [budget, used(at)]
      const verdict = allowance(perMonth, spent, severity)
      if (verdict.refusal !== null) return verdict
      return { refusal: null, warning: verdict.isWarning ? { channel: name, perMonth, used: spent + 1 } : null }
    },
  }
}
