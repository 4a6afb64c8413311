import type { Response } from '@hearthwatch/protocol'

/** Answers that the broker does not have yet; more are not kept. */
const most = 100

/** What the sensor has to answer: kept until there is a connection, and the broker has it. */
export interface Answers {
  /** Resolves when the broker has it; never, where it gave way to newer ones. */
  give(response: Response): Promise<void>
  /** There is a connection (again). */
  send(): void
}

interface Waiting {
  response: Response
  under: boolean
  told: PromiseWithResolvers<void>
}

/** @param publish rejects where there is no connection, or it breaks before the broker has the message */
export function createAnswers(publish: (text: string) => Promise<void>): Answers {
  const waiting = new Map<string, Waiting>()

  async function sendOne(id: string, answer: Waiting): Promise<void> {
    if (answer.under) return
    answer.under = true
    try {
      await publish(JSON.stringify(answer.response))
      if (waiting.get(id) === answer) waiting.delete(id)
      answer.told.resolve()
    } catch {
      // The next connection brings it.
      answer.under = false
    }
  }

  return {
    give(response) {
      const { id } = response
      const answer = { response, under: false, told: Promise.withResolvers<void>() }
      waiting.delete(id)
      waiting.set(id, answer)
      const [oldest] = waiting.keys()
      if (waiting.size > most && oldest !== undefined) waiting.delete(oldest)
      void sendOne(id, answer)
      return answer.told.promise
    },
    send() {
      for (const [id, answer] of waiting) void sendOne(id, answer)
    },
  }
}
