import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { announce } from '../../frame/announcer.tsx'
import type { Device } from '../../monitor/answers.ts'
import { second } from '../../monitor/clock.ts'
import { differenceFromShown, differenceToShown, fromShown, shownUnit, toShown } from '../../words/numbers.ts'
import { problem } from '../../words/problem.ts'
import { configOf, type DeviceConfig, type Settings, wantConfig } from './state.ts'
import { say } from './words.ts'

const fields = ['READ_INTERVAL', 'HEARTBEAT_INTERVAL', 'ALERT_ABOVE', 'ALERT_BELOW', 'MAX_RATE'] as const
type Field = (typeof fields)[number]
const isDegrees = (field: Field) => field === 'ALERT_ABOVE' || field === 'ALERT_BELOW'
const rounded = (value: number) => String(Math.round(value * 1e4) / 1e4)

/** What the sensor should have in force, beside what it has. */
export function SettingsForm({ id, device: { probes } }: { id: string; device: Device }) {
  const config = useSignal<DeviceConfig | null>(null)
  const typed = useSignal<Readonly<Record<string, string>>>({})
  const wrong = useSignal<unknown>(null)
  const load = async () => {
    config.value = await configOf(id).catch(() => config.value)
  }
  const isUnanswered = config.value?.wanted != null && config.value.response?.id !== config.value.wanted.id
  useEffect(() => void load(), [id, isUnanswered ? Math.floor(second.value / 2000) : 0])

  const { wanted = null, reported = null, response = null } = config.value ?? {}
  const shown = (field: Field, value: unknown) =>
    typeof value !== 'number' ? '' : rounded(isDegrees(field) ? toShown(value, '°C') : value)
  const entered = (field: Field) => typed.value[field] ?? shown(field, wanted?.[field])
  const offsetOf = (key: string, unit: string) =>
    typed.value[`offset ${key}`] ?? (wanted?.offsets?.[key] === undefined ? '' : rounded(differenceToShown(wanted.offsets[key], unit)))
  const type = (name: string, value: string) => (typed.value = { ...typed.value, [name]: value })

  async function send(event: Event): Promise<void> {
    event.preventDefault()
    wrong.value = null
    const settings: Settings = {}
    for (const field of fields) {
      const value = entered(field)
      if (value !== '') settings[field] = isDegrees(field) ? fromShown(Number(value), '°C') : Number(value)
    }
    const offsets = probes.flatMap(({ key, unit }) => {
      const value = offsetOf(key, unit ?? '')
      return value === '' ? [] : [[key, differenceFromShown(Number(value), unit ?? '')] as const]
    })
    if (offsets.length > 0) settings.offsets = Object.fromEntries(offsets)
    try {
      config.value = await wantConfig(id, settings)
      typed.value = {}
      announce(say().sent)
    } catch (error) {
      wrong.value = error
    }
  }

  return (
    <section class="card device-wide" aria-labelledby="settings">
      <h2 id="settings">{say().settings}</h2>
      <p class="quiet small">{say().settingsText}</p>
      <form class="form settings-form" onSubmit={(event) => void send(event)}>
        {fields.map((field) => (
          <label key={field}>
            <span>
              {say().fields[field]}
              {isDegrees(field) && ` (${shownUnit('°C')})`}
            </span>
            <input type="number" step="any" value={entered(field)} onInput={(event) => type(field, event.currentTarget.value)} />
            {typeof reported?.[field] === 'number' && <small class="quiet">{say().inForce(shown(field, reported[field]))}</small>}
          </label>
        ))}
        {probes.map(({ key, unit }) => (
          <label key={key}>
            <span>
              {say().offset(key)}
              {unit && ` (${shownUnit(unit)})`}
            </span>
            <input
              type="number"
              step="any"
              value={offsetOf(key, unit ?? '')}
              onInput={(event) => type(`offset ${key}`, event.currentTarget.value)}
            />
            <small class="quiet">{say().offsetText}</small>
          </label>
        ))}
        <div class="settings-send">
          <button type="submit" class="button primary">
            {say().send}
          </button>
          <p role="status" class="small">
            {isUnanswered && say().unanswered}
            {wanted !== null && response !== null && !isUnanswered && (response.ok ? say().answered : say().refused(response.error ?? ''))}
          </p>
        </div>
        {wrong.value !== null && (
          <p class="trouble" role="alert">
            {problem(wrong.value)}
          </p>
        )}
      </form>
    </section>
  )
}
