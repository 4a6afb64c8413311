import { NotConnected } from './not-connected.ts'

/**
 * The broker refused this one request; the connection stays open. In MQTT 3.1.1 a broker refuses a subscription only: it
 * acknowledges a message that it then drops.
 */
export class Refused extends Error {
  override name = 'Refused'
}

/** Requests on one connection (publish, subscribe) that the broker has not answered yet. */
export class PendingRequests {
  readonly #rejects = new Set<(error: Error) => void>()
  readonly #most: number
  readonly #onAnswer: () => void

  /** @param most requests at one time */
  constructor(most: number, onAnswer: () => void) {
    this.#most = most
    this.#onAnswer = onAnswer
  }

  get count(): number {
    return this.#rejects.size
  }

  /**
   * Sends a request and waits for the broker's answer or the end of the connection.
   * @throws NotConnected, Refused, or RangeError if too many requests are pending
   */
  send(request: (answered: (error?: Error | null) => void) => void): Promise<void> {
    if (this.#rejects.size >= this.#most) {
      return Promise.reject(new RangeError(`${this.#most} messages already wait for the broker's answer`))
    }
    return new Promise((resolve, reject) => {
      this.#rejects.add(reject)
      request((error) => {
        this.#rejects.delete(reject)
        if (error) reject(error instanceof Refused ? error : new NotConnected('the connection ended before the broker answered'))
        else resolve()
        this.#onAnswer()
      })
    })
  }

  /** Rejects all pending requests, because the connection is lost. */
  fail(why: string): void {
    for (const reject of this.#rejects) reject(new NotConnected(why))
    this.#rejects.clear()
  }
}
