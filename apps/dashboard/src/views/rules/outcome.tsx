import type { BackTest } from '@hearthwatch/api/rules'
import { useSignal } from '@preact/signals'
import { rooms } from '../../monitor/rooms.ts'
import { SelectField } from '../../parts/field.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { roomName } from '../../words/alert-sentence.ts'
import { differenceWithUnit, figureWithUnit, number } from '../../words/numbers.ts'
import { quantityName } from '../../words/quantities.ts'
import { duration, minute } from '../../words/times.ts'
import { unitOf } from '../../words/units.ts'
import { matches } from '../room/limits.ts'
import { isChange } from './draft.ts'
import type { Result } from './state.ts'
import { TrialChart } from './trial-chart.tsx'
import { say } from './words.ts'

const listed = 20
type RaisedAlert = BackTest['alerts'][number]

/** The number of alerts and of their messages in one sentence. */
export function verdict({ alerts, more, messages, readings }: BackTest): string {
  const count = alerts.length + more
  return count === 0 ? say().wouldNot(number(readings)) : say().would(count, messages, number(readings))
}

/** The alerts that the rule would have raised: their number, a chart and a list. */
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
        <ol class="stack small trial-list">
          {alerts.slice(0, listed).map((alert) => (
            <li key={`${alert.room}/${alert.device}/${alert.quantity}/${alert.fired}`}>
              <Foreign text={roomName(alert.room)} />
              {alert.value !== null && ` ${figureOf(alert, result)}`} · {minute(alert.fired)} ·{' '}
              {alert.resolved === null ? say().goesOn : say().lasted(duration(alert.resolved - alert.fired))}
            </li>
          ))}
        </ol>
      )}
      {alerts.length + more > listed && <p class="quiet small">{say().others(number(alerts.length + more - listed))}</p>}
    </>
  )
}

function figureOf({ value, quantity }: RaisedAlert, { rule }: Result): string {
  const unit = unitOf(quantity)
  if (value === null) return figureWithUnit(Number.NaN, unit)
  const limits = [rule.limit ?? []].flat()
  // Of two limits, the nearer one was crossed.
  const limit = limits.sort((a, b) => Math.abs(a - value) - Math.abs(b - value))[0] ?? null
  return isChange(rule.condition) ? differenceWithUnit(value, unit, limit ?? value) : figureWithUnit(value, unit, limit)
}

/** The series for the chart: those with alerts, most alerts first; without alerts, all rooms of the rule. */
function seriesOf({ alerts, rule }: Result): { room: string; quantity: string }[] {
  // Old tablets have no Map.groupBy.
  const counts = new Map<string, { room: string; quantity: string; count: number }>()
  for (const { room, quantity } of alerts) {
    const key = JSON.stringify([room, quantity])
    counts.set(key, { room, quantity, count: (counts.get(key)?.count ?? 0) + 1 })
  }
  const withAlerts = [...counts.values()].sort((a, b) => b.count - a.count).map(({ room, quantity }) => ({ room, quantity }))
  if (withAlerts.length > 0) return withAlerts
  const { quantity, rooms: where = '*' } = rule
  if (quantity === undefined) return []
  return (rooms.value ?? [])
    .filter((one) => matches(where, one.room) && Object.hasOwn(one.quantities, quantity))
    .map(({ room }) => ({ room, quantity }))
}
