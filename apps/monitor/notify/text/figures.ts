import { baseQuantity, quantityOf, quantityTitle } from '@hearthwatch/protocol'
import { digitsBeside } from '@hearthwatch/protocol/digits'
import { second } from '@hearthwatch/protocol/durations'
import type { Zone } from '../../localtime.ts'
import type { Language } from './language.ts'
import { foreign } from './text.ts'

const units = [
  ['days', 86_400],
  ['hours', 3600],
  ['minutes', 60],
  ['seconds', 1],
] as const

export type Figures = ReturnType<typeof createFigures>

/** Formats numbers, quantities and times for one language. */
export function createFigures(say: Language, timeZone: Zone) {
  const locale = say.tag === 'en' ? 'en-GB' : say.tag
  const moments = new Intl.DateTimeFormat(locale, { ...say.moment, timeZone })
  const clocks = new Intl.DateTimeFormat(locale, { ...say.clock, timeZone })
  const dates = new Intl.DateTimeFormat(locale, { ...say.date, timeZone: 'UTC' })

  const counts = new Intl.NumberFormat(locale)
  const formats = new Map<string, Intl.NumberFormat>()

  function format(fewest: number, most: number): Intl.NumberFormat {
    const key = `${fewest} ${most}`
    let found = formats.get(key)
    if (found === undefined) {
      const digits = { minimumFractionDigits: fewest, maximumFractionDigits: most }
      found = new Intl.NumberFormat(locale, { ...digits, useGrouping: false, signDisplay: 'negative' })
      formats.set(key, found)
    }
    return found
  }

  /** Rounded to 0.1, from 10,000 on to 1; with more digits if the rounded number would be on the other side of the limit. */
  function figure(amount: number, quantity: string, limit: number | null = null): string {
    const usual = Math.abs(amount) >= 10_000 ? 0 : 1
    const most = limit === null ? usual : digitsBeside(amount, limit, usual)
    return format(usual === 1 && baseQuantity(quantity) === 'temperature' ? 1 : 0, most).format(amount)
  }

  function value(amount: number | null, quantity: string | null, limit: number | null = null): string {
    if (amount === null) return ''
    const { unit } = quantityOf(quantity ?? '')
    return `${figure(amount, quantity ?? '', limit)}${unit === '' || unit === '%' ? unit : ` ${unit}`}`
  }

  const quantity = (name: string): string => quantityTitle(name, say.tag) ?? foreign(name)

  /** The two largest units only. */
  function duration(ms: number): string {
    let left = Math.max(0, Math.round(ms / second))
    const parts: string[] = []
    for (const [unit, size] of units) {
      const count = Math.floor(left / size)
      if (parts.length === 1 && count === 0) break
      left -= count * size
      if (count > 0 || (unit === 'seconds' && parts.length === 0)) parts.push(say.duration[unit](count))
      if (parts.length === 2) break
    }
    return parts.join(' ')
  }

  return {
    figure,
    /** With its unit; empty for null. A limit itself is shown beside itself, with all of its digits. */
    value,
    quantity,
    duration,
    moment: (ms: number) => moments.format(ms),
    clock: (ms: number) => clocks.format(ms),
    /** A whole number with digit grouping. */
    count: (amount: number) => counts.format(amount),
    size: (bytes: number) => `${counts.format(Math.max(1, Math.round(bytes / 1e6)))} MB`,
    /** @param date as `2026-11-23` */
    date: (date: string) => dates.format(Date.parse(date)),
    zone: moments.resolvedOptions().timeZone,
  }
}
