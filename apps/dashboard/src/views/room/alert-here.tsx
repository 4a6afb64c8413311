import { Action } from '../../parts/action.tsx'
import { href } from '../../route.ts'
import { figureWithUnit, fromShown } from '../../words/numbers.ts'
import { minute } from '../../words/times.ts'
import { say } from './words.ts'

export interface AlertHereProps {
  room: string
  quantity: string
  unit: string
  /** The value in the unit that is shown. */
  shown: number
  /** ms */
  time: number
  onNote(): void
}

/** Links to a new rule for a value that was picked in a chart, and a button for a note at its time. */
export function AlertHere({ room, quantity, unit, shown, time, onNote }: AlertHereProps) {
  const limit = Math.round(fromShown(shown, unit) * 1e6) / 1e6
  const address = (condition: string) =>
    `${href('rules', 'new')}?${new URLSearchParams({ room, quantity, condition, limit: String(limit) })}`
  return (
    <p class="row small alert-here" role="status">
      {(['above', 'below'] as const).map((condition) => (
        <a key={condition} class="button" href={address(condition)}>
          {say().alertHere[condition](figureWithUnit(limit, unit))}
        </a>
      ))}
      <Action isBusy={false} onAct={onNote}>
        {say().noteHere(minute(time))}
      </Action>
    </p>
  )
}
