import type { Room } from '@hearthwatch/api/rooms'
import { byImportance } from '@hearthwatch/protocol/quantities'
import { type Signal, useSignal } from '@preact/signals'
import { Choices } from '../../parts/choices.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { SelectField } from '../../parts/field.tsx'
import { dateText, daysBetween, type Fixed, fixedOf, type Window } from '../../words/calendar.ts'
import { frame } from '../../words/frame.ts'
import { quantityName } from '../../words/quantities.ts'
import { DayFields, dateChoices } from './dates.tsx'
import { windowName } from './window-name.ts'
import { say } from './words.ts'

/** The zone of this browser, in which its dates begin and end. */
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone

export interface ExportDialogProps {
  rooms: readonly Room[]
  /** The room that is chosen first. */
  room: Room
  /** The window that the charts show. */
  window: Window | Fixed
  now: number
  onClose(): void
}

/** Saves readings of several rooms and quantities as CSV. */
export default function ExportDialog({ rooms, room, window, now, onClose }: ExportDialogProps) {
  const chosenRooms = useSignal<readonly string[]>([room.room])
  const chosenQuantities = useSignal<readonly string[]>(Object.keys(room.quantities))
  const dates = useSignal('')
  const first = useSignal(dateText(window.from))
  const last = useSignal(dateText(Math.min(window.to - 1, now)))
  const times = useSignal<'local' | 'utc'>('local')
  const quantities = [...new Set(rooms.flatMap(({ quantities }) => Object.keys(quantities)))].sort(byImportance)
  const span = dates.value === 'choose' ? daysBetween(first.value, last.value) : (fixedOf(dates.value) ?? window)
  const isReady = span !== undefined && chosenRooms.value.length > 0 && chosenQuantities.value.length > 0

  return (
    <Dialog title={say().exportTitle} onClose={onClose}>
      <div class="form">
        <Several label={say().exportRooms} chosen={chosenRooms} choices={rooms.map(({ room, name }) => [room, name ?? room] as const)} />
        <Several
          label={say().exportQuantities}
          chosen={chosenQuantities}
          choices={quantities.map((quantity) => [quantity, quantityName(quantity)] as const)}
        />
        <SelectField
          label={say().dates}
          value={dates.value}
          choices={[['', say().asShown(windowName(window))], ...dateChoices(now), ['choose', say().choose]]}
          onPick={(picked) => (dates.value = picked)}
        />
        {dates.value === 'choose' && (
          <DayFields
            first={first.value}
            last={last.value}
            onFirst={(date) => (first.value = date)}
            onLast={(date) => (last.value = date)}
          />
        )}
        <div>
          <p class="form-label">{say().times}</p>
          <Choices
            label={say().times}
            chosen={times}
            choices={[
              ['local', say().localTime(zone)],
              ['utc', 'UTC'],
            ]}
          />
        </div>
        <p class="quiet small">{say().exportText}</p>
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={onClose}>
            {frame().cancel}
          </button>
          {isReady ? (
            <a
              class="button primary"
              href={addressOf(chosenRooms.value, chosenQuantities.value, span, times.value)}
              download
              onClick={onClose}
            >
              {say().download}
            </a>
          ) : (
            <button type="button" class="button primary" disabled>
              {say().download}
            </button>
          )}
        </div>
      </div>
    </Dialog>
  )
}

function addressOf(rooms: readonly string[], quantities: readonly string[], { from, to }: Window, times: 'local' | 'utc'): string {
  // With the mark at the start, Excel reads UTF-8.
  const query = new URLSearchParams({ from: String(from), to: String(to), names: '1', notes: '1', bom: '1' })
  if (times === 'local') query.set('zone', zone)
  for (const room of rooms) query.append('room', room)
  for (const quantity of quantities) query.append('quantity', quantity)
  return `api/export.csv?${query}`
}

interface SeveralProps {
  label: string
  chosen: Signal<readonly string[]>
  choices: readonly (readonly [string, string])[]
}

/** Any number of choices side by side, with one chip for all. */
function Several({ label, chosen, choices }: SeveralProps) {
  const all = choices.map(([choice]) => choice)
  const isAll = all.every((choice) => chosen.value.includes(choice))
  return (
    <fieldset>
      <legend class="form-label">{label}</legend>
      <div class="chips export-choices">
        {all.length > 1 && (
          <button type="button" class="chip" aria-pressed={isAll} onClick={() => (chosen.value = isAll ? [] : all)}>
            {say().every}
          </button>
        )}
        {choices.map(([choice, name]) => (
          <button
            key={choice}
            type="button"
            class="chip"
            aria-pressed={chosen.value.includes(choice)}
            onClick={() => {
              const others = chosen.value.filter((one) => one !== choice)
              chosen.value = others.length < chosen.value.length ? others : [...others, choice]
            }}
          >
            {name}
          </button>
        ))}
      </div>
    </fieldset>
  )
}
