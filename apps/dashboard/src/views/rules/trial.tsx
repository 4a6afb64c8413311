import { day } from '@hearthwatch/protocol/durations'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { announce } from '../../frame/announcer.tsx'
import { now, Refused } from '../../monitor/ask.ts'
import { Action } from '../../parts/action.tsx'
import { Choices } from '../../parts/choices.tsx'
import { ErrorText } from '../../parts/error-text.tsx'
import { bodyOf, type Draft } from './draft.ts'
import { Outcome, verdict } from './outcome.tsx'
import { type Result, tryOut } from './state.ts'
import { say } from './words.ts'

const spans = { day, week: 7 * day, month: 30 * day }

export interface TrialProps {
  draft: Draft
  /** The monitor refuses the rule. */
  onRefused(error: unknown): void
}

/** Tests the rule on the stored readings. */
export function Trial({ draft, onRefused }: TrialProps) {
  const span = useSignal<keyof typeof spans>('day')
  const result = useSignal<Result | null>(null)
  const wrong = useSignal<unknown>(null)
  const running = useSignal<AbortController | null>(null)
  useEffect(() => () => running.value?.abort(), [])
  const rule = bodyOf(draft)

  async function run(): Promise<void> {
    const mine = new AbortController()
    running.value = mine
    wrong.value = null
    const to = now()
    try {
      const answer = await tryOut(rule, spans[span.value], mine.signal)
      result.value = { ...answer, rule, from: to - spans[span.value], to }
      announce(verdict(answer))
    } catch (error) {
      if (mine.signal.aborted) return
      result.value = null
      wrong.value = error
      if (error instanceof Refused && error.status === 400) onRefused(error)
    }
    running.value = null
  }

  const isOutdated = result.value !== null && JSON.stringify(result.value.rule) !== JSON.stringify(rule)
  return (
    <section class="card stack trial" aria-labelledby="trial">
      <h2 id="trial">{say().trial}</h2>
      <p class="quiet small">{say().trialText}</p>
      <div class="row">
        <Choices label={say().trial} chosen={span} choices={(['day', 'week', 'month'] as const).map((one) => [one, say().spans[one]])} />
        <Action reads isBusy={running.value !== null} onAct={() => void run()}>
          {running.value === null ? say().try : say().trying}
        </Action>
      </div>
      <ErrorText of={wrong.value} byStatus={{ 400: say().refused, 429: say().tooMany }} />
      {isOutdated && <p class="quiet small">{say().outdated}</p>}
      {result.value && <Outcome key={`${result.value.to}`} result={result.value} />}
    </section>
  )
}
