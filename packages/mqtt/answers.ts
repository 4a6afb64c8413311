import { NotConnected } from './not-connected.ts'

/** The broker said no to this one thing; the connection stays. */
export class Refused extends Error {}

/** What has been asked of the broker on one connection and not been answered yet. */
export class Answers {
  readonly #waiting = new Set<(error: Error) => void>()
  readonly #most: number
  readonly #onAnswer: () => void

  /** @param most questions at one time */
  constructor(most: number, onAnswer: () => void) {
    this.#most = most
    this.#onAnswer = onAnswer
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /**
   * Asks for something, and waits for the answer or the end of the connection.
   * @throws NotConnected, Refused, or RangeError where too much is asked at one time
   */
  ask(send: (answered: (error?: Error | null) => void) => void): Promise<void> {
    if (this.#waiting.size >= this.#most) {
      return Promise.reject(new RangeError(`${this.#most} messages wait for the broker's answer already`))
    }
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject)
      send((error) => {
        this.#waiting.delete(reject)
        // In MQTT 3.1.1 a publish can fail in no other way than that no answer comes.
        if (error) reject(error instanceof Refused ? error : new NotConnected('the connection ended before the broker answered'))
        else resolve()
        this.#onAnswer()
      })
    })
  }

  /** The connection is gone: no answer will come. */
  fail(why: string): void {
    for (const reject of this.#waiting) reject(new NotConnected(why))
    this.#waiting.clear()
  }
}
