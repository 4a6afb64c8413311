import type { Device, DeviceConfig } from '@hearthwatch/api/devices'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { announce } from '../../frame/announcer.tsx'
import { Refused } from '../../monitor/ask.ts'
import { second } from '../../monitor/clock.ts'
import { useRequest } from '../../monitor/use-request.ts'
import { Action } from '../../parts/action.tsx'
import { ErrorText } from '../../parts/error-text.tsx'
import { TextField } from '../../parts/field.tsx'
import { fieldProblem } from '../../words/field-problem.ts'
import { differenceToShown, figureWithUnit, number, shownUnit } from '../../words/numbers.ts'
import { probeName } from './probes.tsx'
import { calibrated, type Field, fields, isDegrees, settingsOf, settingText, type Typed, typedOf } from './settings.ts'
import { configOf, wantConfig } from './state.ts'
import { say } from './words.ts'

const withUnit = (label: string, unit: string | null) => (unit ? `${label} (${shownUnit(unit)})` : label)

/** The desired settings of a sensor, beside those in force. */
export function SettingsForm({ id, device }: { id: string; device: Device }) {
  const config = useSignal<DeviceConfig | null>(null)
  const changed = useSignal<Typed>({})
  const { wrong, isBusy, run } = useRequest()
  const { wanted = null, reported = null, response = null } = config.value ?? {}
  const isUnanswered = wanted !== null && response?.id !== wanted.id
  // While the sensor's response is missing, the settings are loaded every 2 s. Its next info reports the settings in force.
  useEffect(() => {
    configOf(id).then(
      (answer) => (config.value = answer),
      () => {},
    )
  }, [id, device, isUnanswered ? Math.floor(second.value / 2000) : 0])

  const typed = { ...typedOf(wanted, device), ...changed.value }
  const type = (name: string) => (value: string) => (changed.value = { ...changed.value, [name]: value })
  const problems = wrong.value instanceof Refused ? wrong.value.fields : []
  const problemIn = (name: string, figure?: (bound: number) => string) => {
    const problem = problems.find(({ field }) => field === name)
    return problem && fieldProblem(problem, figure)
  }
  const inForce = (field: Field) => {
    const value = settingText(field, reported?.[field])
    return value === '' ? undefined : say().inForce(value)
  }

  /** True if the form shows the settings that were sent: the sensor's response is about these. */
  const isSent = wrong.value === null && Object.keys(changed.value).length === 0

  function send(event: Event): void {
    event.preventDefault()
    void run(async () => {
      config.value = await wantConfig(id, settingsOf(typed, wanted, device))
      changed.value = {}
      announce(say().sent)
    })
  }

  return (
    <section class="card device-wide" aria-labelledby="settings">
      <h2 id="settings">{say().settings}</h2>
      <p class="quiet small">{say().settingsText}</p>
      <form class="form" onSubmit={send}>
        <div class="fields">
          {fields.map((field) => (
            <TextField
              key={field}
              label={withUnit(say().fields[field], isDegrees(field) ? '°C' : null)}
              hint={inForce(field)}
              problem={problemIn(field, isDegrees(field) ? (bound) => figureWithUnit(bound, '°C') : undefined)}
              type="number"
              value={typed[field] ?? ''}
              onType={type(field)}
            />
          ))}
          {calibrated(device).map(({ key, unit }) => (
            <TextField
              key={key}
              label={withUnit(say().offset(probeName(key)), unit)}
              hint={say().offsetText}
              problem={problemIn(`offsets.${key}`, (bound) => number(differenceToShown(bound, unit ?? '')))}
              type="number"
              value={typed[key] ?? ''}
              onType={type(key)}
            />
          ))}
        </div>
        <div class="row">
          <Action type="submit" look="primary" isBusy={isBusy.value}>
            {say().send}
          </Action>
          <p role="status" class="small">
            {isSent && isUnanswered && say().unanswered}
            {isSent &&
              wanted !== null &&
              response !== null &&
              !isUnanswered &&
              (response.ok ? say().answered : say().refused(response.error ?? ''))}
          </p>
        </div>
        <ErrorText of={wrong.value} byStatus={problems.length > 0 ? { 400: say().notTaken } : undefined} />
      </form>
    </section>
  )
}
