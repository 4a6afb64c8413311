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

/** A value with its significant digits, without its unit. */
export function figure(value: number, unit: string): string {
  const shown = toShown(value, unit)
  const size = Math.abs(shown)
  if (size >= 1e9 || (size > 0 && size < 0.001)) return shown.toExponential(2)
  const isTemperature = unit === '°C'
  const most = isTemperature || unit === '%' || size >= 100 ? 1 : 2
  return number(shown, { minimumFractionDigits: isTemperature ? 1 : 0, maximumFractionDigits: most })
}

/** `21.5 °C` */
export function figureWithUnit(value: number, unit: string): string {
  const shown = shownUnit(unit)
  return shown === '' ? figure(value, unit) : `${figure(value, unit)}\u202f${shown}`
}
