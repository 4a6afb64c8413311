import { day } from '@hearthwatch/protocol/durations'
import { useSignal } from '@preact/signals'
import { TextField } from '../../parts/field.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import {
  dateText,
  daysBetween,
  type Fixed,
  fixedOf,
  monthsUpTo,
  type NamedWindow,
  namedWindows,
  textOf,
  type Window,
} from '../../words/calendar.ts'
import { windowName } from './window-name.ts'
import { say } from './words.ts'

const names = Object.keys(namedWindows) as NamedWindow[]
const years = 3

/** The windows that have names, and the months before them: each in the form that the address has, and in words. */
export function dateChoices(now: number): [text: string, name: string][] {
  // The newest two months are among the named ones.
  const months = monthsUpTo(now, years * 12).slice(2)
  return [
    ...names.map((name): [string, string] => [textOf(namedWindows[name](now)), say().named[name]]),
    ...months.map((month): [string, string] => [textOf(month), windowName(month)]),
  ]
}

/** Fixes the charts to a day, a night, a week, a month, or any dates. */
export function Dates({ fixed, window, now, onFix }: { fixed: Fixed | null; window: Window; now: number; onFix(fixed: Fixed): void }) {
  const isChoosing = useSignal(false)
  const chosen = fixed === null ? '' : textOf(fixed)
  const choices = dateChoices(now)
  const listed = choices.some(([text]) => text === chosen) ? chosen : ''
  return (
    <>
      {(['yesterday', 'lastNight'] as const).map((name) => {
        const window = namedWindows[name](now)
        return (
          <button key={name} type="button" class="chip" aria-pressed={chosen === textOf(window)} onClick={() => onFix(window)}>
            {say().named[name]}
          </button>
        )
      })}
      <select
        class="toolbar-dates"
        aria-label={say().dates}
        value={listed}
        onChange={({ currentTarget }) => {
          const window = fixedOf(currentTarget.value)
          if (window !== null) return onFix(window)
          isChoosing.value = true
          currentTarget.value = listed
        }}
      >
        <option value="" hidden>
          {say().dates}
        </option>
        {choices.map(([text, name]) => (
          <option key={text} value={text}>
            {name}
          </option>
        ))}
        <option value="choose">{say().choose}</option>
      </select>
      {isChoosing.value && <DatesDialog window={window} now={now} onFix={onFix} onClose={() => (isChoosing.value = false)} />}
    </>
  )
}

function DatesDialog({ window, now, onFix, onClose }: { window: Window; now: number; onFix(fixed: Fixed): void; onClose(): void }) {
  const first = useSignal(dateText(window.from))
  // A span up to now ends in a moment, and a window of whole days at a midnight.
  const last = useSignal(dateText(Math.min(window.to - 1, now + day)))
  return (
    <FormDialog
      title={say().chooseTitle}
      label={say().show}
      onClose={onClose}
      onSend={async () => {
        const chosen = daysBetween(first.value, last.value)
        if (chosen === undefined) throw new Error(say().wrongDates)
        onFix(chosen)
        onClose()
      }}
    >
      <DayFields first={first.value} last={last.value} onFirst={(date) => (first.value = date)} onLast={(date) => (last.value = date)} />
    </FormDialog>
  )
}

interface DayFieldsProps {
  first: string
  last: string
  onFirst(date: string): void
  onLast(date: string): void
}

/** The first and the last day of a window. */
export function DayFields({ first, last, onFirst, onLast }: DayFieldsProps) {
  return (
    <div class="fields">
      <TextField label={say().first} type="date" required value={first} onType={onFirst} />
      <TextField label={say().last} type="date" required value={last} onType={onLast} />
    </div>
  )
}
