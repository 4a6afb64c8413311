import type { Device, DeviceConfig } from '@hearthwatch/api/devices'
import { differenceFromShown, differenceToShown, fromShown, toShown } from '../../words/numbers.ts'
import type { Settings } from './state.ts'

export const fields = ['READ_INTERVAL', 'HEARTBEAT_INTERVAL', 'ALERT_ABOVE', 'ALERT_BELOW', 'MAX_RATE'] as const
export type Field = (typeof fields)[number]
export const isDegrees = (field: Field) => field === 'ALERT_ABOVE' || field === 'ALERT_BELOW'

/** The texts in the form by setting; an offset has the key of its probe. */
export type Typed = Readonly<Record<string, string>>

const text = (value: number) => String(Math.round(value * 1e4) / 1e4)
/** Removes the rounding errors of a conversion. */
const exact = (value: number) => Math.round(value * 1e6) / 1e6

/** The text of a setting; empty: not set. */
export const settingText = (field: Field, value: unknown): string =>
  typeof value !== 'number' ? '' : text(isDegrees(field) ? toShown(value, '°C') : value)

/** The probes that can be calibrated: those with a key of the record. */
export const calibrated = ({ probes }: Device) => probes.filter(({ key }) => /^([^/+#$][^/+#]*\/)?[a-z][a-z0-9_]{0,31}$/.test(key))

/** The initial texts of the form. */
export function typedOf(wanted: DeviceConfig['wanted'], device: Device): Typed {
  const settings = fields.map((field) => [field, settingText(field, wanted?.[field])])
  const offsets = calibrated(device).map(({ key, unit }) => {
    const offset = wanted?.offsets?.[key]
    return [key, offset === undefined ? '' : text(differenceToShown(offset, unit ?? ''))]
  })
  return Object.fromEntries([...settings, ...offsets])
}

/** The settings of the form without its empty fields. Offsets of probes that are absent now stay. */
export function settingsOf(typed: Typed, wanted: DeviceConfig['wanted'], device: Device): Settings {
  const settings: Settings = {}
  for (const field of fields) {
    const value = typed[field] ?? ''
    if (value !== '') settings[field] = exact(isDegrees(field) ? fromShown(Number(value), '°C') : Number(value))
    // null: no limit at all, which the form cannot express.
    else if (field === 'ALERT_BELOW' && wanted?.ALERT_BELOW === null) settings.ALERT_BELOW = null
  }
  const offsets = { ...wanted?.offsets }
  for (const { key, unit } of calibrated(device)) {
    const value = typed[key] ?? ''
    if (value === '') delete offsets[key]
    else offsets[key] = exact(differenceFromShown(Number(value), unit ?? ''))
  }
  if (Object.keys(offsets).length > 0) settings.offsets = offsets
  return settings
}
