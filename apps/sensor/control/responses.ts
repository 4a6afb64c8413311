import type { Response } from '@hearthwatch/protocol'

/** Maximum number of waiting responses; the oldest are dropped. */
const maxWaiting = 100

interface Waiting {
  response: Response
  isSending: boolean
  acknowledged: PromiseWithResolvers<void>
}

/**
 * Publishes responses. Without a connection they wait for the next one.
 * @param send rejects if there is no connection, or if it breaks before the broker has acknowledged the message
 */
export function createResponses(send: (text: string) => Promise<void>) {
  const waiting = new Map<string, Waiting>()

  async function sendOne(id: string, one: Waiting): Promise<void> {
    if (one.isSending) return
    one.isSending = true
    try {
      await send(JSON.stringify(one.response))
      if (waiting.get(id) === one) waiting.delete(id)
      one.acknowledged.resolve()
    } catch {
      // The next connection sends it again.
      one.isSending = false
    }
  }

  return {
    /** Resolves when the broker has acknowledged it; never, if it was dropped for newer ones. */
    publish(response: Response): Promise<void> {
      const { id } = response
      const one = { response, isSending: false, acknowledged: Promise.withResolvers<void>() }
      waiting.delete(id)
      waiting.set(id, one)
      const [oldest] = waiting.keys()
      if (waiting.size > maxWaiting && oldest !== undefined) waiting.delete(oldest)
      void sendOne(id, one)
      return one.acknowledged.promise
    },
    /** Publishes the waiting responses. Call this when connected. */
    publishWaiting(): void {
      for (const [id, one] of waiting) void sendOne(id, one)
    },
  }
}
