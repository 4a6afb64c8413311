import { useSignal } from '@preact/signals'
import { announce } from '../../frame/announcer.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { alertPlace } from '../../words/alert-sentence.ts'
import { problem } from '../../words/problem.ts'
import { minute } from '../../words/times.ts'
import { endSilence, type Silence, silences } from './state.ts'
import { say } from './words.ts'

/** Of what nobody is told just now. */
export function Silences() {
  if (silences.value.length === 0) return null
  return (
    <section class="alerts-part" aria-labelledby="alerts-silences">
      <h2 id="alerts-silences">{say().silences}</h2>
      <p class="quiet small">{say().silencesText}</p>
      <ul class="silences card">
        {silences.value.map((silence) => (
          <Entry key={silence.id} silence={silence} />
        ))}
      </ul>
    </section>
  )
}

function Entry({ silence }: { silence: Silence }) {
  const { room, rule, until, comment } = silence
  const wrong = useSignal<unknown>(null)
  async function end(): Promise<void> {
    try {
      await endSilence(silence)
      announce(say().ended)
    } catch (error) {
      wrong.value = error
    }
  }
  return (
    <li>
      <p>
        <strong>
          <Foreign text={room === null ? say().everyRoom : alertPlace({ room, device: null })} />
        </strong>
        {' · '}
        <Foreign text={rule ?? say().everyRule} />
        <br />
        <span class="quiet small">
          {say().endsAt(minute(until))}
          {comment !== '' && ' · '}
          <Foreign text={comment} />
        </span>
        {wrong.value !== null && <span class="trouble">{problem(wrong.value)}</span>}
      </p>
      <button type="button" class="button" onClick={() => void end()}>
        {say().endNow}
      </button>
    </li>
  )
}
