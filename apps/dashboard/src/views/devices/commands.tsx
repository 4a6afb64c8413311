import type { Command } from '@hearthwatch/api/devices'
import { minute } from '@hearthwatch/protocol/durations'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { announce } from '../../frame/announcer.tsx'
import { now } from '../../monitor/ask.ts'
import { second } from '../../monitor/clock.ts'
import { useRequest } from '../../monitor/use-request.ts'
import { Action } from '../../parts/action.tsx'
import { ErrorText } from '../../parts/error-text.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { moment } from '../../words/times.ts'
import { command, commandsOf } from './state.ts'
import { say } from './words.ts'

const actions = ['identify', 'measure', 'restart'] as const
const shown = 5
/** ms after which a missing answer is no longer requested more often */
const patience = minute

/** The commands of a device, and their results. */
export function Commands({ id, isOnline }: { id: string; isOnline: boolean }) {
  const given = useSignal<readonly Command[]>([])
  const { wrong, isBusy, run } = useRequest()
  const load = async () => {
    const before = given.value
    given.value = await commandsOf(id).catch(() => before)
    for (const one of given.value) {
      const wasWaiting = before.some(({ id: known, answered }) => known === one.id && answered === null)
      if (wasWaiting && one.answered !== null) announce(`${say().actions[one.action]}: ${say().states[one.ok ? 'done' : 'failed']}`)
    }
  }
  const isWaiting = given.value.some(({ answered, created }) => answered === null && now() - created < patience)
  // While an answer is missing, the list is loaded every second. The clock stops while the page is hidden.
  useEffect(() => void load(), [id, isOnline, isWaiting ? Math.floor(second.value / 1000) : 0])

  const give = (action: Command['action']) =>
    run(async () => {
      await command(id, action)
      await load()
      announce(`${say().actions[action]}: ${say().states.waiting}`)
    })

  return (
    <section class="card" aria-labelledby="commands">
      <h2 id="commands">{say().commands}</h2>
      {!isOnline && <p class="quiet small">{say().offline}</p>}
      <ul class="stack">
        {actions.map((action) => (
          <li key={action} class="row">
            <Action isBusy={isBusy.value} disabled={!isOnline} onAct={() => void give(action)}>
              {say().actions[action]}
            </Action>
            <span class="quiet small">{say().actionTexts[action]}</span>
          </li>
        ))}
      </ul>
      <ErrorText of={wrong.value} byStatus={{ 409: say().offline }} />
      {given.value.length > 0 && (
        <ol class="small stack" aria-label={say().given}>
          {given.value.slice(0, shown).map((one) => (
            <li key={one.id}>
              {say().actions[one.action]} · <time dateTime={new Date(one.created).toISOString()}>{moment(one.created)}</time> ·{' '}
              <Outcome {...one} />
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

function Outcome({ answered, ok, error }: Command) {
  if (answered === null) return <span class="quiet">{say().states.waiting}</span>
  return (
    <span class={ok ? 'good' : 'error'}>
      {say().states[ok ? 'done' : 'failed']}
      {error !== null && ': '}
      <Foreign text={error ?? ''} />
    </span>
  )
}
