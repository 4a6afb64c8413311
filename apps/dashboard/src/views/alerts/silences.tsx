import type { Silence } from '@hearthwatch/api/silences'
import { announce } from '../../frame/announcer.tsx'
import { second } from '../../monitor/clock.ts'
import { endSilence, silences } from '../../monitor/silences.ts'
import { refresh } from '../../monitor/state.ts'
import { useRequest } from '../../monitor/use-request.ts'
import { Action } from '../../parts/action.tsx'
import { ErrorText } from '../../parts/error-text.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { alertPlace } from '../../words/alert-sentence.ts'
import { minute } from '../../words/times.ts'
import { ruleName } from './names.ts'
import { load } from './state.ts'
import { say } from './words.ts'

/** The silences in force. */
export function Silences() {
  // The end of a silence causes no event.
  const inForce = silences.value.filter(({ until }) => until > second.value)
  if (inForce.length === 0) return null
  return (
    <section class="part" aria-labelledby="alerts-silences">
      <h2 id="alerts-silences">{say().silences}</h2>
      <p class="quiet small">{say().silencesText}</p>
      <ul class="silences card">
        {inForce.map((silence) => (
          <Entry key={silence.id} silence={silence} />
        ))}
      </ul>
    </section>
  )
}

function Entry({ silence }: { silence: Silence }) {
  const { room, rule, until, comment } = silence
  const { wrong, isBusy, run } = useRequest()
  const end = () =>
    run(async () => {
      await endSilence(silence)
      await Promise.all([load(), refresh()])
      // The button has disappeared with its silence.
      document.getElementById('content')?.focus({ preventScroll: true })
      announce(say().ended)
    })
  return (
    <li class="row">
      <div>
        <p>
          <strong>
            <Foreign text={room === null ? say().everyRoom : alertPlace({ room, device: null })} />
          </strong>
          {' · '}
          <Foreign text={rule === null ? say().everyRule : ruleName(rule)} />
          <br />
          <span class="quiet small">
            {say().endsAt(minute(until))}
            {comment !== '' && ' · '}
            <Foreign text={comment} />
          </span>
        </p>
        <ErrorText of={wrong.value} />
      </div>
      <Action isBusy={isBusy.value} onAct={() => void end()}>
        {say().endNow}
      </Action>
    </li>
  )
}
