import type { Severity } from '@hearthwatch/api/severity'
import { dayBounds, localDate, type Zone } from '../localtime.ts'
import type { Budget } from '../store/notification-content.ts'
import type { Notifications } from '../store/notifications.ts'
import type { Channel } from './channels/channel.ts'
import { type Localized, localized } from './text/localized.ts'

/**
 * Decides if the budget allows one more message. Critical messages may use all of it, others nine tenths.
 * @param perMonth messages of a calendar month
 * @param used messages sent this month
 * @returns the reason of a refusal; else null, and whether this message reaches four fifths of the budget
 */
export function allowance(
  perMonth: number,
  used: number,
  severity: Severity,
): { refusal: Localized } | { refusal: null; isWarning: boolean } {
  const reserve = Math.ceil(perMonth / 10)
  if (used >= perMonth)
    return { refusal: localized(`All ${perMonth} messages of this month are used up.`, `本月的 ${perMonth} 則訊息額度已用完。`) }
  if (severity !== 'critical' && used >= perMonth - reserve)
    return {
      refusal: localized(
        `Only critical alerts may use the last ${reserve} of this month’s ${perMonth} messages.`,
        `本月 ${perMonth} 則訊息額度的最後 ${reserve} 則保留給緊急警報。`,
      ),
    }
  return { refusal: null, isWarning: used + 1 === Math.ceil(perMonth * 0.8) }
}

/** Start of the local calendar month, ms. */
export function monthStart(now: number, zone: Zone): number {
  return dayBounds(`${localDate(now, zone).slice(0, 8)}01`, zone).from
}

/** The monthly budget of a channel; used messages are counted in the notification table. */
export function budgetOf({ name, budget }: Channel, notifications: Notifications, zone: Zone) {
  const used = (at: number) => notifications.spent(name, monthStart(at, zone))
  return {
    /** For the API and the summary; null: unlimited. */
    state: (at: number): Budget | null => budget && { channel: name, perMonth: budget.perMonth, used: used(at) },

    /** @returns the reason of a refusal; else null, and the warning that this message must contain */
    check(severity: Severity, at: number): { refusal: Localized } | { refusal: null; warning: Budget | null } {
      if (budget === null) return { refusal: null, warning: null }
      const [{ perMonth }, spent] = [budget, used(at)]
      const result = allowance(perMonth, spent, severity)
      if (result.refusal !== null) return result
      return { refusal: null, warning: result.isWarning ? { channel: name, perMonth, used: spent + 1 } : null }
    },
  }
}
