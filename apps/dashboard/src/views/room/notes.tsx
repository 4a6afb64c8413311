import type { Note } from '@hearthwatch/api/notes'
import { ask } from '../../monitor/ask.ts'
import { useRequest } from '../../monitor/use-request.ts'
import { Action } from '../../parts/action.tsx'
import { ErrorText } from '../../parts/error-text.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { Icon } from '../../parts/icon.tsx'
import type { Window } from '../../words/calendar.ts'
import { minute } from '../../words/times.ts'
import './notes.css'
import { say } from './words.ts'

export interface NotesProps {
  notes: readonly Note[]
  /** The window that the charts show. */
  window: Window
  onAdd(): void
}

/** The notes in the window of the charts, and a button that adds one. */
export function Notes({ notes, window, onAdd }: NotesProps) {
  const shown = notes.filter(({ time }) => time >= window.from && time <= window.to)
  const others = notes.length - shown.length
  return (
    <section class="part notes" aria-labelledby="notes">
      <div class="row">
        <h2 id="notes">{say().notes}</h2>
        <Action isBusy={false} onAct={onAdd}>
          <Icon name="plus" size={18} />
          {say().noteAdd}
        </Action>
      </div>
      {shown.length === 0 && <p class="quiet small">{say().noNotes}</p>}
      <ul class="stack">
        {shown.map((note) => (
          <Entry key={note.id} note={note} />
        ))}
      </ul>
      {others > 0 && <p class="quiet small">{say().moreNotes(others)}</p>}
    </section>
  )
}

function Entry({ note: { id, time, text } }: { note: Note }) {
  const { wrong, isBusy, run } = useRequest()
  const remove = () => run(() => ask(`api/notes/${id}`, { method: 'DELETE' }))
  return (
    <li class="row note">
      <time class="quiet small" dateTime={new Date(time).toISOString()}>
        {minute(time)}
      </time>
      <p>
        <Foreign text={text} />
      </p>
      <Action look="is-small" isBusy={isBusy.value} onAct={() => void remove()}>
        {say().noteRemove}
        <span class="unseen"> ({text})</span>
      </Action>
      <ErrorText of={wrong.value} />
    </li>
  )
}
