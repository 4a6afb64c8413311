import type { Alert } from '@hearthwatch/api/alerts'
import { useRef } from 'preact/hooks'
import { announce } from '../../frame/announcer.tsx'
import { second } from '../../monitor/clock.ts'
import { useRequest } from '../../monitor/use-request.ts'
import { Action } from '../../parts/action.tsx'
import { ErrorText } from '../../parts/error-text.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { Icon } from '../../parts/icon.tsx'
import { href } from '../../route.ts'
import { alertEnding, alertMatter, alertPlace } from '../../words/alert-sentence.ts'
import { duration, minute } from '../../words/times.ts'
import { ruleName } from './names.ts'
import type { Wanted } from './silence-dialog.tsx'
import { acknowledge } from './state.ts'
import { say } from './words.ts'

export interface ItemProps {
  alert: Alert
  onSilence(wanted: Wanted): void
}

/** An open alert with its buttons. */
export function Item({ alert, onSilence }: ItemProps) {
  const { id, severity, state, room, rule, started, acknowledged } = alert
  const silencing = useRef<HTMLButtonElement>(null)
  const { wrong, isBusy, run } = useRequest()
  const seen = () =>
    run(async () => {
      await acknowledge(alert)
      announce(say().acknowledging)
      // The button disappears; the keyboard focus stays at this alert.
      silencing.current?.focus()
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
        <span class={`badge ${severity}`}>{say().severity[severity]}</span>
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
            <Icon name="check" size={18} /> {say().acknowledge}
          </Action>
        )}
        <button ref={silencing} type="button" class="button" onClick={() => onSilence({ room, rule })}>
          {say().silence}
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
