import type { Notification } from '@hearthwatch/api/notifications'
import { useSignal } from '@preact/signals'
import { Choices } from '../../parts/choices.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { minute } from '../../words/times.ts'
import { channels, notifications } from './state.ts'
import { say } from './words.ts'

const page = 30
const badges = { pending: 'warning', sent: 'good', failed: 'critical' }

/** Sent, pending and failed notifications. */
export function History() {
  const state = useSignal<'all' | Notification['state']>('all')
  const shown = useSignal(page)
  if (channels.value === null) return null
  const all = notifications.value
  const found = all.filter((one) => state.value === 'all' || one.state === state.value)
  const rest = found.length - shown.value
  const { pending, sent, failed } = say().states
  return (
    <section class="part" aria-labelledby="history">
      <div class="head">
        <h2 id="history">{say().history}</h2>
        {all.length > 0 && (
          <Choices
            label={say().filter}
            chosen={state}
            choices={[
              ['all', say().all],
              ['pending', pending],
              ['sent', sent],
              ['failed', failed],
            ]}
          />
        )}
      </div>
      {found.length === 0 ? (
        <p class="empty">{all.length === 0 ? say().nothing : say().noMatch}</p>
      ) : (
        <ol class="card marked-list sent-list">
          {found.slice(0, shown.value).map((one) => (
            <Entry key={one.id} one={one} />
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

const isPaused = (name: string) => channels.value?.some((channel) => channel.name === name && channel.paused) === true

function Entry({ one: { channel, state, kind, room, severity, subject, error, attempts, created, sent, held } }: { one: Notification }) {
  const time = sent ?? created
  return (
    <li class={severity}>
      <p>
        <Foreign text={subject ?? [say().kinds[kind], room].filter(Boolean).join(' · ')} />
      </p>
      <span class={`badge ${badges[state]}`}>{say().states[state]}</span>
      <p class="quiet small">
        <time dateTime={new Date(time).toISOString()}>{minute(time)}</time> · {channel}
        {attempts > 1 && ` · ${say().attempts(attempts)}`}
        {state === 'pending' && isPaused(channel) && ` · ${say().untilWell}`}
        {state === 'pending' && held !== null && ` · ${say().held(minute(held))}`}
      </p>
      {error !== null && state !== 'sent' && (
        <p class="error small">
          <Foreign text={error} />
        </p>
      )}
    </li>
  )
}
