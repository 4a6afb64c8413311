import { addSent, type Rate, type Sent, waitFor } from './rate.ts'

/** Sends the newest value of each topic, at a limited rate. */
export type LiveQueue = ReturnType<typeof createLiveQueue>

/**
 * A value that waits for its turn is replaced by a newer value of its topic, in the same place of the queue.
 * @param send returns true if the message left; false without a connection, and then the value waits for `repeat`
 * @param now ms, of a clock that is never set back
 */
export function createLiveQueue(first: Rate, send: (topic: string, payload: string) => boolean, now: () => number) {
  let rate = first
  let newest: ReadonlyMap<string, string> = new Map()
  let sent: Sent = []
  let timer: NodeJS.Timeout | undefined
  const queue = new Map<string, string>()

  function flush() {
    clearTimeout(timer)
    for (const [topic, payload] of queue) {
      const wait = waitFor(sent, now(), rate)
      if (wait > 0) {
        timer = setTimeout(flush, Math.ceil(wait))
        return
      }
      queue.delete(topic)
      if (send(topic, payload)) sent = addSent(sent, now(), rate)
    }
  }

  return {
    /** Sends the values of one tick, by topic. A topic that is missing has no current value. */
    offer(values: ReadonlyMap<string, string>): void {
      newest = values
      for (const topic of queue.keys()) if (!values.has(topic)) queue.delete(topic)
      for (const [topic, payload] of values) queue.set(topic, payload)
      flush()
    },
    /** Sends all newest values again. */
    repeat(): void {
      for (const [topic, payload] of newest) queue.set(topic, payload)
      flush()
    },
    setRate(next: Rate): void {
      rate = next
      flush()
    },
    stop(): void {
      clearTimeout(timer)
      queue.clear()
    },
  }
}
