import { batch, type ReadonlySignal, signal } from '@preact/signals'

export interface Query {
  /** Error of the last request; null: it succeeded. */
  readonly wrong: ReadonlySignal<unknown>
  load(): Promise<void>
  /** Loads once for all events within a short time. */
  loadSoon(): void
}

/** ms */
const together = 150

/** A request that a view repeats. Only the answer to the latest request is used, even if an earlier one arrives after it. */
export function createQuery<A>(ask: () => Promise<A>, take: (answer: A) => void): Query {
  const wrong = signal<unknown>(null)
  let asked = 0
  let isWaiting = false

  async function load(): Promise<void> {
    const mine = ++asked
    try {
      const answer = await ask()
      if (mine !== asked) return
      batch(() => {
        take(answer)
        wrong.value = null
      })
    } catch (error) {
      if (mine === asked) wrong.value = error
    }
  }

  return {
    wrong,
    load,
    loadSoon() {
      if (isWaiting) return
      isWaiting = true
      setTimeout(() => {
        isWaiting = false
        void load()
      }, together)
    },
  }
}
