import type { Readings } from '@hearthwatch/api/history'
import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { ask, withQuery } from '../../monitor/ask.ts'
import { Chart } from '../../parts/chart/chart.tsx'
import type { Point } from '../../parts/chart/points.ts'
import type { Line } from '../../parts/chart/props.ts'
import { ErrorText } from '../../parts/error-text.tsx'
import { roomName } from '../../words/alert-sentence.ts'
import { degrees, limitWithUnit, toShown } from '../../words/numbers.ts'
import { quantityName } from '../../words/quantities.ts'
import { unitOf } from '../../words/units.ts'
import { isChange } from './draft.ts'
import type { Result } from './state.ts'
import { say } from './words.ts'

/** One series with the alerts that the rule would have raised on it. */
export function TrialChart({ room, quantity, result }: { room: string; quantity: string; result: Result }) {
  const { rule, from, to, alerts } = result
  const { severity = 'warning' } = rule
  const unit = unitOf(quantity)
  const lines = useSignal<readonly Line[]>([])
  const wrong = useSignal<unknown>(null)
  useEffect(() => {
    const end = new AbortController()
    const query = { room, quantity, from: Math.floor(from), to: Math.floor(to), points: 500 }
    ask<Readings>(withQuery('api/readings', query), { signal: end.signal }).then(
      ({ points, resolution }) => {
        // The schema's type does not say that each point has five numbers.
        lines.value = [{ label: roomName(room), points: points as unknown as Point[], resolution }]
        wrong.value = null
      },
      (error) => {
        if (!end.signal.aborted) wrong.value = error
      },
    )
    return () => end.abort()
  }, [room, quantity, from, to])
  const spans = useMemo(
    () =>
      alerts
        .filter((alert) => alert.room === room && alert.quantity === quantity)
        .map(({ fired, resolved }) => ({ from: fired, to: resolved ?? to, severity })),
    [alerts, room, quantity],
  )
  const limits = useMemo(
    () =>
      (isChange(rule.condition) ? [] : [rule.limit ?? []].flat()).map((value) => ({
        shown: toShown(value, unit),
        text: limitWithUnit(value, unit),
        severity,
      })),
    [rule, unit, degrees.value],
  )
  if (wrong.value !== null) return <ErrorText of={wrong.value} />
  if (lines.value.length === 0) return null
  const label = say().chart(roomName(room), quantityName(quantity))
  return <Chart label={label} unit={unit} from={from} to={to} lines={lines.value} spans={spans} limits={limits} />
}
