import { href } from '../../route.ts'
import { figureWithUnit, fromShown } from '../../words/numbers.ts'
import { say } from './words.ts'

/** Links to a new rule for a value that was picked in a chart. @param shown the value in the unit that is shown */
export function AlertHere({ room, quantity, unit, shown }: { room: string; quantity: string; unit: string; shown: number }) {
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
    </p>
  )
}
