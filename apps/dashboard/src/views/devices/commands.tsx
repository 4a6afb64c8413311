import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { announce } from '../../frame/announcer.tsx'
import { second } from '../../monitor/clock.ts'
import { problem } from '../../words/problem.ts'
import { moment } from '../../words/times.ts'
import { type Command, command, commandsOf } from './state.ts'
import { say } from './words.ts'

const actions = ['identify', 'measure', 'restart'] as const
const shown = 5

/** What it can be told to do, and what became of it. */
export function Commands({ id, isOnline }: { id: string; isOnline: boolean }) {
  const given = useSignal<readonly Command[]>([])
  const wrong = useSignal<unknown>(null)
  const load = async () => {
    given.value = await commandsOf(id).catch(() => given.value)
  }
  const isWaiting = given.value.some(({ answered }) => answered === null)
  // While it owes an answer it is asked for every second; the clock ticks only while somebody looks.
  useEffect(() => void load(), [id, isWaiting ? Math.floor(second.value / 1000) : 0])

  async function give(action: Command['action']): Promise<void> {
    wrong.value = null
    try {
      await command(id, action)
      await load()
      announce(`${say().actions[action]}: ${say().states.waiting}`)
    } catch (error) {
      wrong.value = error
    }
  }

  return (
    <section class="card" aria-labelledby="commands">
      <h2 id="commands">{say().commands}</h2>
      {!isOnline && <p class="quiet small">{say().offline}</p>}
      <ul class="actions">
        {actions.map((action) => (
          <li key={action}>
            <button type="button" class="button" disabled={!isOnline} onClick={() => void give(action)}>
              {say().actions[action]}
            </button>
            <span class="quiet small">{say().actionTexts[action]}</span>
          </li>
        ))}
      </ul>
      {wrong.value !== null && (
        <p class="trouble" role="alert">
          {problem(wrong.value)}
        </p>
      )}
      <ol class="small given">
        {given.value.slice(0, shown).map((one) => (
          <li key={one.id}>
            {say().actions[one.action]} · <time dateTime={new Date(one.created).toISOString()}>{moment(one.created)}</time> ·{' '}
            <Outcome {...one} />
          </li>
        ))}
      </ol>
    </section>
  )
}

function Outcome({ answered, ok, error }: Command) {
  if (answered === null) return <span class="quiet">{say().states.waiting}</span>
  if (ok) return <span class="is-done">{say().states.done}</span>
  return (
    <span class="trouble">
      {say().states.failed}
      {error !== null && `: ${error}`}
    </span>
  )
}
