import { digitsBeside } from '@hearthwatch/protocol/digits'
import { computed } from '@preact/signals'
import { locale } from './language.ts'
import { preference } from './preference.ts'

export const degreesPreference = preference('degrees', ['auto', 'C', 'F'])

/** Countries that use Fahrenheit. */
const fahrenheit = ['US', 'BS', 'BZ', 'KY', 'PW', 'FM', 'MH', 'LR']

export const degrees = computed<'C' | 'F'>(() => {
  if (degreesPreference.value !== 'auto') return degreesPreference.value
  return fahrenheit.includes(regionOf(navigator.language)) ? 'F' : 'C'
})

function regionOf(tag: string): string {
  try {
    return new Intl.Locale(tag).region ?? ''
  } catch {
    return ''
  }
}

const isConverted = (unit: string) => unit === '°C' && degrees.value === 'F'

/** The unit in which a unit is shown. */
export const shownUnit = (unit: string): string => (isConverted(unit) ? '°F' : unit)

/** Converts a value in `unit` to the shown unit. */
export const toShown = (value: number, unit: string): number => (isConverted(unit) ? value * 1.8 + 32 : value)

/** Converts a typed value to `unit`. */
export const fromShown = (value: number, unit: string): number => (isConverted(unit) ? (value - 32) / 1.8 : value)

/** Converts a difference in `unit` to the shown unit. */
export const differenceToShown = (value: number, unit: string): number => (isConverted(unit) ? value * 1.8 : value)

/** Converts a typed difference to `unit`. */
export const differenceFromShown = (value: number, unit: string): number => (isConverted(unit) ? value / 1.8 : value)

const formats = new Map<string, Intl.NumberFormat>()

/** A number in the notation of the locale. */
export function number(value: number, options: Intl.NumberFormatOptions = {}): string {
  const key = JSON.stringify([locale.value, options])
  let format = formats.get(key)
  if (format === undefined) {
    format = new Intl.NumberFormat(locale.value, options)
    formats.set(key, format)
  }
  return format.format(value)
}

/** Without the rounding error of a conversion. */
const exact = (value: number) => Number(value.toPrecision(12))

/**
 * A value with its significant digits, without its unit.
 * @param limit in the same unit: the value has more digits if the rounded one would be on the other side of it
 */
export function figure(value: number, unit: string, limit: number | null = null): string {
  const shown = exact(toShown(value, unit))
  const size = Math.abs(shown)
  if (size >= 1e9 || (size > 0 && size < 0.001)) return shown.toExponential(2)
  const isTemperature = unit === '°C'
  const usual = isTemperature || unit === '%' || size >= 100 ? 1 : 2
  const most = limit === null ? usual : digitsBeside(shown, exact(toShown(limit, unit)), usual)
  return number(shown, { minimumFractionDigits: isTemperature ? 1 : 0, maximumFractionDigits: most })
}

/** `21.5 °C` */
export function figureWithUnit(value: number, unit: string, limit: number | null = null): string {
  const shown = shownUnit(unit)
  return shown === '' ? figure(value, unit, limit) : `${figure(value, unit, limit)}\u202f${shown}`
}

/** A limit with all of its digits. */
export const limitWithUnit = (limit: number, unit: string): string => figureWithUnit(limit, unit, limit)

/** A difference with its unit: `5 °C`. @param limit see `figure` */
export function differenceWithUnit(amount: number, unit: string, limit = amount): string {
  const shown = exact(Math.abs(differenceToShown(amount, unit)))
  const most = digitsBeside(shown, exact(Math.abs(differenceToShown(limit, unit))), 1)
  return `${number(shown, { maximumFractionDigits: most })}\u202f${shownUnit(unit)}`.trim()
}
