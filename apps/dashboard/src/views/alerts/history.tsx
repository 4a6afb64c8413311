import { useSignal } from '@preact/signals'
import type { Alert } from '../../monitor/answers.ts'
import { Foreign } from '../../parts/foreign.tsx'
import { alertMatter, alertPlace } from '../../words/alert-sentence.ts'
import { duration, minute } from '../../words/times.ts'
import { Flags } from './item.tsx'
import { firing, history } from './state.ts'
import { say } from './words.ts'

const page = 25

/** What is over, the latest first. */
export function History() {
  const room = useSignal('')
  const rule = useSignal('')
  const shown = useSignal(page)
  const all = history.value
  if (firing.value === null) return null
  const found = all.filter((alert) => (room.value === '' || alert.room === room.value) && (rule.value === '' || alert.rule === rule.value))
  const rest = found.length - shown.value
  return (
    <section class="alerts-part" aria-labelledby="alerts-history">
      <div class="head">
        <h2 id="alerts-history">{say().history}</h2>
        {all.length > 0 && (
          <div class="history-choice">
            <Choice label={say().room} chosen={room} choices={all.flatMap((alert) => alert.room ?? [])} />
            <Choice label={say().rule} chosen={rule} choices={all.map((alert) => alert.rule)} />
          </div>
        )}
      </div>
      {found.length === 0 ? (
        <p class="empty">{all.length === 0 ? say().noHistory : say().noMatch}</p>
      ) : (
        <ol class="history card">
          {found.slice(0, shown.value).map((alert) => (
            <Past key={alert.id} alert={alert} />
          ))}
        </ol>
      )}
      {rest > 0 && (
        <button type="button" class="button" onClick={() => (shown.value += page)}>
          {say().more(Math.min(page, rest))}
        </button>
      )}
    </section>
  )
}

function Past({ alert }: { alert: Alert }) {
  const start = alert.fired ?? alert.started
  return (
    <li class={alert.severity}>
      <p class="history-what">
        <strong>
          <Foreign text={alertPlace(alert)} />
        </strong>{' '}
        <Foreign text={alertMatter(alert)} /> <Flags alert={alert} />
      </p>
      <p class="quiet small">
        <time dateTime={new Date(start).toISOString()}>{minute(start)}</time>
        {alert.resolved !== null && ` · ${say().lasted} ${duration(alert.resolved - start)}`} · <Foreign text={alert.rule} />
      </p>
    </li>
  )
}

function Choice({ label, chosen, choices }: { label: string; chosen: { value: string }; choices: string[] }) {
  return (
    <label>
      <span>{label}</span>
      <select value={chosen.value} onChange={(event) => (chosen.value = event.currentTarget.value)}>
        <option value="">{say().every}</option>
        {[...new Set(choices)]
          .sort((a, b) => a.localeCompare(b))
          .map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
      </select>
    </label>
  )
}
