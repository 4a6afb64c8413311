import { note, type Rate, type Sent, waitFor } from './rate.ts'

/** What is now, said aloud: the newest value of each topic, at a limited rate. */
export interface Live {
  /** The readings of one tick, by topic; a topic that is missing has no value now. */
  offer(values: ReadonlyMap<string, string>): void
  /** Says all of the newest values again: nobody knows what the broker still has. */
  repeat(): void
  /** Another rate from now on. */
  pace(rate: Rate): void
  stop(): void
}

/**
 * Nothing waits for a connection here. A value that has to wait for its turn is replaced by a newer one of its topic,
 * which takes its place in the line, so none is said after a newer one.
 * @param send true where it went out; false where there is no connection, and the value is forgotten until `repeat`
 * @param now ms, of a clock that is never put back
 */
export function createLive(first: Rate, send: (topic: string, payload: string) => boolean, now: () => number): Live {
  let rate = first
  let newest: ReadonlyMap<string, string> = new Map()
  let sent: Sent = []
  let timer: NodeJS.Timeout | undefined
  const line = new Map<string, string>()

  function say() {
    clearTimeout(timer)
    for (const [topic, payload] of line) {
      const wait = waitFor(sent, now(), rate)
      if (wait > 0) {
        timer = setTimeout(say, Math.ceil(wait))
        return
      }
      line.delete(topic)
      if (send(topic, payload)) sent = note(sent, now(), rate)
    }
  }

  return {
    offer(values) {
      newest = values
      for (const topic of line.keys()) if (!values.has(topic)) line.delete(topic)
      for (const [topic, payload] of values) line.set(topic, payload)
      say()
    },
    repeat() {
      for (const [topic, payload] of newest) line.set(topic, payload)
      say()
    },
    pace(next) {
      rate = next
      say()
    },
    stop() {
      clearTimeout(timer)
      line.clear()
    },
  }
}
