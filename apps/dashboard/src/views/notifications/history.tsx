import type { Notification } from '@hearthwatch/api/notifications'
import { useSignal } from '@preact/signals'
import { Choices } from '../../parts/choices.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { roomName } from '../../words/alert-sentence.ts'
import { language } from '../../words/language.ts'
import { titleOf } from '../../words/rule-title.ts'
import { minute } from '../../words/times.ts'
import { channels, notifications } from './state.ts'
import { say } from './words.ts'

const page = 30
/** Up to this many items of a message are always shown. */
const fewItems = 6
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

function Entry({ one }: { one: Notification }) {
  const { channel, state, kind, room, severity, subject, errorWords, attempts, created, sent, held, about } = one
  const time = sent ?? created
  return (
    <li class={severity}>
      <p>
        <Foreign text={subject ?? [say().kinds[kind], room && roomName(room)].filter(Boolean).join(' · ')} />
      </p>
      <span class={`badge ${badges[state]}`}>{say().states[state]}</span>
      <p class="quiet small">
        <time dateTime={new Date(time).toISOString()}>{minute(time)}</time> · {channel}
        {attempts > 1 && ` · ${say().attempts(attempts)}`}
        {state === 'pending' && isPaused(channel) && ` · ${say().untilWell}`}
        {state === 'pending' && held !== null && ` · ${say().held(minute(held))}`}
      </p>
      {about.length > 1 && <Items about={about} />}
      {errorWords !== null && state !== 'sent' && (
        <p class="error small">
          <Foreign text={errorWords[language.value]} />
        </p>
      )}
    </li>
  )
}

/** The alerts and texts of one message, folded if there are many. */
function Items({ about }: Pick<Notification, 'about'>) {
  const names = about.map(({ kind, room, rule, title, transition }) => {
    const name = [room && roomName(room), rule === null ? say().kinds[kind] : titleOf({ rule, title })].filter(Boolean).join(' · ')
    return transition === 'resolved' ? say().resolved(name) : name
  })
  const list = (
    <ul class="about quiet small">
      {names.map((name, i) => (
        <li key={i}>
          <Foreign text={name} />
        </li>
      ))}
    </ul>
  )
  if (about.length <= fewItems) return list
  return (
    <details>
      <summary class="quiet small">{say().items(about.length)}</summary>
      {list}
    </details>
  )
}
