import { longestNote, type NewNote } from '@hearthwatch/api/notes'
import { useSignal } from '@preact/signals'
import { announce } from '../../frame/announcer.tsx'
import { ask, now, Refused } from '../../monitor/ask.ts'
import { TextField } from '../../parts/field.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { dateText } from '../../words/calendar.ts'
import { fieldProblem } from '../../words/field-problem.ts'
import { say } from './words.ts'

export interface NoteDialogProps {
  room: string
  /** The time that is entered first, ms. */
  time: number
  onClose(): void
}

/** Writes a note about a room at a time. */
export default function NoteDialog({ room, time, onClose }: NoteDialogProps) {
  const at = useSignal(localText(Math.min(time, now())))
  const text = useSignal('')
  const problems = useSignal<Readonly<Record<string, string>>>({})

  async function send(): Promise<void> {
    // Only an unchanged time is known to the ms.
    const chosen = at.value === localText(time) ? Math.round(time) : new Date(at.value).getTime()
    problems.value = {}
    if (Number.isNaN(chosen)) throw new Error(say().noteWrongTime)
    const body: NewNote = { room, time: chosen, text: text.value }
    try {
      await ask('api/notes', { method: 'POST', body })
    } catch (error) {
      if (!(error instanceof Refused) || error.fields.length === 0) throw error
      problems.value = Object.fromEntries(
        error.fields.map((wrong) => [wrong.field, wrong.field === 'time' ? say().noteFuture : fieldProblem(wrong)]),
      )
      throw new Error(say().noteCorrect)
    }
    announce(say().noteSaved)
    onClose()
  }

  return (
    <FormDialog title={say().noteAdd} onSend={send} onClose={onClose}>
      <TextField
        label={say().noteText}
        hint={say().noteHint}
        placeholder={say().noteExample}
        maxLength={longestNote}
        required
        problem={problems.value.text}
        value={text.value}
        onType={(typed) => (text.value = typed)}
      />
      <TextField
        label={say().noteTime}
        type="datetime-local"
        required
        problem={problems.value.time}
        value={at.value}
        onType={(typed) => (at.value = typed)}
      />
    </FormDialog>
  )
}

/** `2026-03-09T14:05`, in local time. */
function localText(time: number): string {
  const date = new Date(time)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${dateText(time)}T${two(date.getHours())}:${two(date.getMinutes())}`
}
