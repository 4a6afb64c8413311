import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { ask } from '../../monitor/ask.ts'
import { onEvent } from '../../monitor/events.ts'
import { fresh } from '../../monitor/state.ts'

/**
 * What the monitor answers, asked again after each pause of the line and after each alert; `nothing` until then, and
 * where this monitor does not know the question.
 */
export function useAnswer<T>(path: string, nothing: T): T {
  const answer = useSignal(nothing)
  useEffect(() => {
    let isWanted = true
    const fetch = () =>
      ask<T>(path).then(
        (answered) => {
          if (isWanted) answer.value = answered
        },
        () => {},
      )
    void fetch()
    const stop = onEvent('alert', () => void fetch())
    return () => {
      isWanted = false
      stop()
    }
  }, [path, fresh.value])
  return answer.value
}
