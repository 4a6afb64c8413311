import type { Alert } from '@hearthwatch/api/alerts'
import { useRef } from 'preact/hooks'
import { announce } from '../../frame/announcer.tsx'
import { silencing } from '../../frame/silencing.tsx'
import { acknowledge } from '../../monitor/acknowledge.ts'
import { second } from '../../monitor/clock.ts'
import { useRequest } from '../../monitor/use-request.ts'
import { Action } from '../../parts/action.tsx'
import { ErrorText } from '../../parts/error-text.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { Icon } from '../../parts/icon.tsx'
import { href } from '../../route.ts'
import { alertEnding, alertMatter, alertPlace, severityName } from '../../words/alert-sentence.ts'
import { frame } from '../../words/frame.ts'
import { duration, minute } from '../../words/times.ts'
import { ruleName } from './names.ts'
import { load } from './state.ts'
import { say } from './words.ts'

/** An open alert with its buttons. */
export function Item({ alert }: { alert: Alert }) {
  const { id, severity, state, room, rule, started, acknowledged } = alert
  const silenceButton = useRef<HTMLButtonElement>(null)
  const { wrong, isBusy, run } = useRequest()
  const seen = () =>
    run(async () => {
      await acknowledge([alert])
      await load()
      announce(say().acknowledging)
      // The button disappears; the keyboard focus stays at this alert.
      silenceButton.current?.focus()
    })
  return (
    <li class={`column alert ${state === 'pending' ? 'is-pending' : severity}`} aria-labelledby={`alert-${id}`}>
      <div class="row alert-head">
        <h3 id={`alert-${id}`}>
          {room === null ? (
            <Foreign text={alertPlace(alert)} />
          ) : (
            <a href={href('room', room)}>
              <Foreign text={alertPlace(alert)} />
            </a>
          )}
        </h3>
        <span class={`badge ${severity}`}>{severityName(severity)}</span>
        <Flags alert={alert} />
      </div>
      <p class="alert-matter">
        <Foreign text={alertMatter(alert)} />
      </p>
      <p class="alert-facts quiet small">
        <time dateTime={new Date(started).toISOString()}>{minute(started)}</time> · {duration(second.value - started)} ·{' '}
        <Foreign text={ruleName(rule)} />
        {state !== 'pending' && ` · ${say().told(alert.tellings)}`}
      </p>
      <ErrorText of={wrong.value} />
      <div class="row alert-buttons">
        {state !== 'pending' && acknowledged === null && (
          <Action isBusy={isBusy.value} onAct={() => void seen()}>
            <Icon name="check" size={18} /> {frame().acknowledge}
          </Action>
        )}
        <button ref={silenceButton} type="button" class="button" onClick={() => (silencing.value = { room, rule })}>
          {frame().silence}
        </button>
      </div>
    </li>
  )
}

/** Badges beside the state. */
export function Flags({ alert }: { alert: Alert }) {
  const { state, acknowledged, silenced, inhibited, late, ended } = alert
  return (
    <>
      {state === 'recovering' && <span class="badge">{say().recovering}</span>}
      {acknowledged !== null && <span class="badge">{say().acknowledged}</span>}
      {silenced !== null && silenced > second.value && <span class="badge">{say().silenced(minute(silenced))}</span>}
      {inhibited !== null && <span class="badge">{say().inhibited(ruleName(inhibited))}</span>}
      {ended !== null && <span class="badge">{alertEnding(alert)}</span>}
      {late && <span class="badge">{say().late}</span>}
    </>
  )
}
