import { useSignal } from '@preact/signals'
import { announce } from '../../frame/announcer.tsx'
import { now } from '../../monitor/ask.ts'
import { rooms } from '../../monitor/house.ts'
import { Choices } from '../../parts/choices.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { frame } from '../../words/frame.ts'
import { problem } from '../../words/problem.ts'
import { firing, history, silence } from './state.ts'
import { say } from './words.ts'

/** What a silence is for; null: all of them. */
export interface Wanted {
  room: string | null
  rule: string | null
}

type Length = 'hour' | 'tomorrow' | 'custom'
const hour = 3_600_000

/** Asks for whom, for how long and why. */
export function SilenceDialog({ wanted, onClose }: { wanted: Wanted; onClose(): void }) {
  const room = useSignal(wanted.room ?? '')
  const rule = useSignal(wanted.rule ?? '')
  const length = useSignal<Length>('hour')
  const custom = useSignal(forField(now() + 4 * hour))
  const comment = useSignal('')
  const wrong = useSignal<unknown>(null)
  const roomNames = [...new Set([...(rooms.value ?? []).map((one) => one.room), ...(wanted.room === null ? [] : [wanted.room])])]
  const ruleNames = [...new Set([...(firing.value ?? []), ...history.value].map((alert) => alert.rule).concat(wanted.rule ?? []))]

  async function submit(event: Event): Promise<void> {
    event.preventDefault()
    const until = endOf(length.value, custom.value)
    if (!(until > now())) {
      wrong.value = new Error(say().untilPast)
      return
    }
    try {
      await silence({ room: room.value || null, rule: rule.value || null, until, comment: comment.value.trim() })
      announce(say().silent)
      onClose()
    } catch (error) {
      wrong.value = error
    }
  }

  return (
    <Dialog title={say().silenceTitle} onClose={onClose}>
      <form class="silence-form" onSubmit={(event) => void submit(event)}>
        <Pick label={say().silenceRoom} all={say().everyRoom} chosen={room} names={roomNames} />
        <Pick label={say().silenceRule} all={say().everyRule} chosen={rule} names={ruleNames} />
        <div>
          <p class="label">{say().howLong}</p>
          <Choices
            label={say().howLong}
            chosen={length}
            choices={[
              ['hour', say().oneHour],
              ['tomorrow', say().untilTomorrow],
              ['custom', say().until],
            ]}
          />
        </div>
        {length.value === 'custom' && (
          <label>
            <span>{say().untilWhen}</span>
            <input type="datetime-local" required value={custom.value} onInput={(event) => (custom.value = event.currentTarget.value)} />
          </label>
        )}
        <label>
          <span>{say().comment}</span>
          <input
            type="text"
            maxLength={500}
            placeholder={say().commentExample}
            value={comment.value}
            onInput={(event) => (comment.value = event.currentTarget.value)}
          />
        </label>
        {wrong.value !== null && (
          <p class="trouble" role="alert">
            {problem(wrong.value)}
          </p>
        )}
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={onClose}>
            {frame().cancel}
          </button>
          <button type="submit" class="button primary">
            {frame().save}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function Pick({ label, all, chosen, names }: { label: string; all: string; chosen: { value: string }; names: string[] }) {
  return (
    <label>
      <span>{label}</span>
      <select value={chosen.value} onChange={(event) => (chosen.value = event.currentTarget.value)}>
        <option value="">{all}</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}

/** ms */
function endOf(length: Length, custom: string): number {
  if (length === 'hour') return now() + hour
  if (length === 'custom') return new Date(custom).getTime()
  const morning = new Date(now())
  morning.setDate(morning.getDate() + 1)
  return morning.setHours(8, 0, 0, 0)
}

/** A moment as the browser's own field wants it: local time without a zone. */
function forField(time: number): string {
  const local = new Date(time - new Date(time).getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 16)
}
