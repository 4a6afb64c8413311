import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { announce } from '../../frame/announcer.tsx'
import type { Readings } from '../../monitor/answers.ts'
import { ask, now, withQuery } from '../../monitor/ask.ts'
import { Chart } from '../../parts/chart/chart.tsx'
import type { Point } from '../../parts/chart/points.ts'
import { Choices } from '../../parts/choices.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { roomName } from '../../words/alert-sentence.ts'
import { figureWithUnit, number, toShown } from '../../words/numbers.ts'
import { problem } from '../../words/problem.ts'
import { duration, minute } from '../../words/times.ts'
import { unitOf } from '../../words/units.ts'
import { bodyOf, type Draft } from './draft.ts'
import { type BackTest, tryOut } from './state.ts'
import { say } from './words.ts'

const day = 86_400_000
const spans = { day, week: 7 * day, month: 30 * day }
const listed = 20

interface Result extends BackTest {
  from: number
  to: number
  limits: number[]
}

/** What the rule would have done: tried on what is stored, drawn and listed. */
export function Trial({ draft }: { draft: Draft }) {
  const span = useSignal<keyof typeof spans>('day')
  const result = useSignal<Result | null>(null)
  const wrong = useSignal<unknown>(null)
  const running = useSignal<AbortController | null>(null)
  useEffect(() => () => running.value?.abort(), [])

  async function run(): Promise<void> {
    running.value?.abort()
    const mine = new AbortController()
    running.value = mine
    wrong.value = null
    const body = bodyOf(draft)
    const to = now()
    try {
      const answer = await tryOut(body, spans[span.value], mine.signal)
      const limits = body.condition === 'rises' || body.condition === 'falls' ? [] : [body.limit ?? []].flat()
      result.value = { ...answer, from: to - spans[span.value], to, limits }
      announce(verdict(answer))
    } catch (error) {
      if (!mine.signal.aborted) wrong.value = error
    }
    if (running.value === mine) running.value = null
  }

  return (
    <section class="card trial" aria-labelledby="trial">
      <h2 id="trial">{say().trial}</h2>
      <p class="quiet small">{say().trialText}</p>
      <div class="trial-choice">
        <Choices label={say().trial} chosen={span} choices={(['day', 'week', 'month'] as const).map((one) => [one, say().spans[one]])} />
        <button type="button" class="button" disabled={running.value !== null} onClick={() => void run()}>
          {running.value === null ? say().try : say().trying}
        </button>
      </div>
      {wrong.value !== null && (
        <p class="trouble" role="alert">
          {problem(wrong.value)}
        </p>
      )}
      {result.value && <Outcome result={result.value} quantity={draft.quantity} severity={draft.severity} />}
    </section>
  )
}

const verdict = ({ alerts, more, readings }: BackTest) => {
  const count = alerts.length + more
  return count === 0 ? say().wouldNot(number(readings)) : say().would(count, number(readings))
}

function Outcome({ result, quantity, severity }: { result: Result; quantity: string; severity: Draft['severity'] }) {
  const { alerts, more, complete, from, to, limits } = result
  const unit = unitOf(quantity)
  // The chart shows one room: the one that would have told the most.
  const room = mostOften(alerts.map((alert) => alert.room))
  return (
    <>
      <p>
        <strong>{verdict(result)}</strong>
      </p>
      {!complete && <p class="trouble">{say().incomplete}</p>}
      {room !== undefined && quantity !== '' && (
        <TrialChart
          room={room}
          quantity={quantity}
          from={from}
          to={to}
          spans={alerts
            .filter((alert) => alert.room === room)
            .map(({ fired, resolved }) => ({ from: fired, to: resolved ?? to, severity }))}
          limits={limits.map((value) => ({ shown: toShown(value, unit), text: figureWithUnit(value, unit), severity }))}
        />
      )}
      <ol class="trial-list small">
        {alerts.slice(0, listed).map(({ room: where, fired, resolved, value }) => (
          <li key={`${where}${fired}`}>
            <Foreign text={roomName(where)} />
            {value !== null && ` ${figureWithUnit(value, unit)}`} · {minute(fired)} ·{' '}
            {resolved === null ? say().goesOn : say().lasted(duration(resolved - fired))}
          </li>
        ))}
      </ol>
      {alerts.length + more > listed && <p class="quiet small">{say().more_(alerts.length + more - listed)}</p>}
    </>
  )
}

function mostOften(names: string[]): string | undefined {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0]
}

type Spans = { from: number; to: number; severity: Draft['severity'] }[]
type Limits = { shown: number; text: string; severity: Draft['severity'] }[]

function TrialChart({
  room,
  quantity,
  from,
  to,
  spans: shaded,
  limits,
}: {
  room: string
  quantity: string
  from: number
  to: number
  spans: Spans
  limits: Limits
}) {
  const lines = useSignal<{ label: string; points: Point[]; resolution: number }[]>([])
  useEffect(() => {
    const end = new AbortController()
    const query = { room, quantity, from: Math.floor(from), to: Math.floor(to), points: 500 }
    ask<Readings>(withQuery('api/readings', query), { signal: end.signal }).then(
      ({ points, resolution }) => (lines.value = [{ label: roomName(room), points: points as unknown as Point[], resolution }]),
      () => {},
    )
    return () => end.abort()
  }, [room, quantity, from, to])
  if (lines.value.length === 0) return null
  return (
    <Chart
      label={say().chart(roomName(room))}
      unit={unitOf(quantity)}
      from={from}
      to={to}
      lines={lines.value}
      spans={shaded}
      limits={limits}
    />
  )
}
