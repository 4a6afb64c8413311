import type { BackTest } from '@hearthwatch/api/rules'
import { useSignal } from '@preact/signals'
import { rooms } from '../../monitor/state.ts'
import { SelectField } from '../../parts/field.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { roomName } from '../../words/alert-sentence.ts'
import { differenceToShown, figureWithUnit, number, shownUnit } from '../../words/numbers.ts'
import { quantityName } from '../../words/quantities.ts'
import { duration, minute } from '../../words/times.ts'
import { unitOf } from '../../words/units.ts'
import { matches } from '../room/limits.ts'
import { isChange } from './draft.ts'
import type { Result } from './state.ts'
import { TrialChart } from './trial-chart.tsx'
import { say } from './words.ts'

const listed = 20
type Told = BackTest['alerts'][number]

/** How often it would have told something, in a sentence. */
export function verdict({ alerts, more, readings }: BackTest): string {
  const count = alerts.length + more
  return count === 0 ? say().wouldNot(number(readings)) : say().would(count, number(readings))
}

/** What the rule would have told, in numbers, drawn, and one by one. */
export function Outcome({ result }: { result: Result }) {
  const { alerts, more, complete } = result
  const series = seriesOf(result)
  const chosen = useSignal(0)
  const shown = series[chosen.value]
  return (
    <>
      <p>
        <strong>{verdict(result)}</strong>
      </p>
      {!complete && <p class="error">{say().incomplete}</p>}
      {series.length > 1 && (
        <SelectField
          label={say().inRoom}
          value={String(chosen.value)}
          choices={series.map(({ room, quantity }, i) => [String(i), `${roomName(room)} · ${quantityName(quantity)}`] as const)}
          onPick={(picked) => (chosen.value = Number(picked))}
        />
      )}
      {shown && <TrialChart {...shown} result={result} />}
      {alerts.length > 0 && (
        <ol class="trial-list small">
          {alerts.slice(0, listed).map((told) => (
            <li key={`${told.room}/${told.device}/${told.quantity}/${told.fired}`}>
              <Foreign text={roomName(told.room)} />
              {told.value !== null && ` ${figureOf(told, result)}`} · {minute(told.fired)} ·{' '}
              {told.resolved === null ? say().goesOn : say().lasted(duration(told.resolved - told.fired))}
            </li>
          ))}
        </ol>
      )}
      {alerts.length + more > listed && <p class="quiet small">{say().others(number(alerts.length + more - listed))}</p>}
    </>
  )
}

function figureOf({ value, quantity }: Told, { rule }: Result): string {
  const unit = unitOf(quantity)
  if (value === null || !isChange(rule.condition)) return figureWithUnit(value ?? Number.NaN, unit)
  return `${number(differenceToShown(value, unit), { maximumFractionDigits: 1, signDisplay: 'never' })}\u202f${shownUnit(unit)}`.trim()
}

/** What can be drawn: where it would have told something, the most often first; where it never would, the rooms that it is about. */
function seriesOf({ alerts, rule }: Result): { room: string; quantity: string }[] {
  // Not Map.groupBy: tablets on walls are old.
  const counts = new Map<string, { room: string; quantity: string; count: number }>()
  for (const { room, quantity } of alerts) {
    const key = JSON.stringify([room, quantity])
    counts.set(key, { room, quantity, count: (counts.get(key)?.count ?? 0) + 1 })
  }
  const told = [...counts.values()].sort((a, b) => b.count - a.count).map(({ room, quantity }) => ({ room, quantity }))
  if (told.length > 0) return told
  const { quantity, rooms: where = '*' } = rule
  if (quantity === undefined) return []
  return (rooms.value ?? [])
    .filter((one) => matches(where, one.room) && Object.hasOwn(one.quantities, quantity))
    .map(({ room }) => ({ room, quantity }))
}
