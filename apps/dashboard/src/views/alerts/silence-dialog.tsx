import { hour } from '@hearthwatch/protocol/durations'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { announce } from '../../frame/announcer.tsx'
import { now } from '../../monitor/ask.ts'
import { silence } from '../../monitor/silences.ts'
import { refresh } from '../../monitor/state.ts'
import { Choices } from '../../parts/choices.tsx'
import { SelectField, TextField } from '../../parts/field.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { RoomField } from '../../parts/room-field.tsx'
import { roomName } from '../../words/alert-sentence.ts'
import { loadRuleNames, roomNames, ruleName, ruleNames } from './names.ts'
import { load } from './state.ts'
import { say } from './words.ts'

export interface SilenceDialogProps {
  /** The room and the rule of the silence; null: all. */
  wanted: { room: string | null; rule: string | null }
  onClose(): void
}

type Length = 'hour' | 'hours' | 'tomorrow' | 'custom'
const year = 365 * 24 * hour

/** The dialog for a new silence: what, for how long, and why. */
export default function SilenceDialog({ wanted, onClose }: SilenceDialogProps) {
  const room = useSignal(wanted.room ?? '')
  const rule = useSignal(wanted.rule ?? '')
  const length = useSignal<Length>('hour')
  const custom = useSignal(forField(now() + 4 * hour))
  const comment = useSignal('')

  // Without an answer, the rule names of the shown alerts are used.
  useEffect(() => void loadRuleNames().catch(() => {}), [])

  async function send(): Promise<void> {
    const until = endOf(length.value, custom.value)
    if (!(until > now())) throw new Error(say().untilPast)
    if (until > now() + year) throw new Error(say().untilFar)
    await silence({ room: room.value.trim() || null, rule: rule.value || null, until, comment: comment.value.trim() })
    await Promise.all([load(), refresh()])
    announce(say().silent)
    onClose()
  }

  return (
    <FormDialog title={say().silenceTitle} onSend={send} onClose={onClose}>
      <RoomField
        label={say().silenceRoom}
        value={room.value}
        every={say().everyRoom}
        choices={roomNames.value.map((name) => [name, roomName(name)] as const)}
        onPick={(picked) => (room.value = picked)}
      />
      <SelectField
        label={say().silenceRule}
        value={rule.value}
        choices={[['', say().everyRule], ...ruleNames.value.map((name) => [name, ruleName(name)] as const)]}
        onPick={(picked) => (rule.value = picked)}
      />
      <div>
        <p class="form-label">{say().howLong}</p>
        <Choices
          label={say().howLong}
          chosen={length}
          choices={[
            ['hour', say().oneHour],
            ['hours', say().fourHours],
            ['tomorrow', say().untilTomorrow],
            ['custom', say().until],
          ]}
        />
      </div>
      {length.value === 'custom' && (
        <TextField label={say().untilWhen} type="datetime-local" required value={custom.value} onType={(typed) => (custom.value = typed)} />
      )}
      <TextField
        label={say().comment}
        placeholder={say().commentExample}
        maxLength={500}
        value={comment.value}
        onType={(typed) => (comment.value = typed)}
      />
    </FormDialog>
  )
}

/** ms */
function endOf(length: Length, custom: string): number {
  if (length === 'hour') return now() + hour
  if (length === 'hours') return now() + 4 * hour
  if (length === 'custom') return new Date(custom).getTime()
  const morning = new Date(now())
  morning.setDate(morning.getDate() + 1)
  return morning.setHours(8, 0, 0, 0)
}

/** A time in the form of a `datetime-local` field: local time without a zone. */
function forField(time: number): string {
  const local = new Date(time - new Date(time).getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 16)
}
