import { batch, type ReadonlySignal, signal } from '@preact/signals'

export interface Query {
  /** Why it could not be answered; null: it was. */
  readonly wrong: ReadonlySignal<unknown>
  load(): Promise<void>
  /** Once for all that happens together. */
  loadSoon(): void
}

/** ms */
const together = 150

/** What a view asks the monitor again and again; only the answer to the latest question counts, whichever comes first. */
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
