import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { ask } from '../../monitor/ask.ts'
import { onEvent } from '../../monitor/events.ts'
import { connections } from '../../monitor/state.ts'

/**
 * The answer of the monitor, loaded again after each new connection and after each alert.
 * @param nothing the value before the first answer and after an error
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
  }, [path, connections.value])
  return answer.value
}
