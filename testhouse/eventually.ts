import { setTimeout as delay } from 'node:timers/promises'

interface Polling {
  /** ms */
  interval?: number
  signal?: AbortSignal | undefined
}

/**
 * Asks again and again until the answer is truthy.
 * @param within, interval in ms
 * @returns the answer
 * @throws Error on a timeout, and every error of the question
 */
export async function eventually<T>(
  question: () => T | Promise<T>,
  within = 20_000,
  { interval = 20, signal }: Polling = {},
): Promise<NonNullable<T>> {
  const end = performance.now() + within
  for (;;) {
    signal?.throwIfAborted()
    const answer = await question()
    if (answer) return answer
    if (performance.now() > end) throw new Error(`not within ${within} ms: ${question}`)
    await delay(interval, undefined, { signal })
  }
}

/**
 * Checks a condition again and again until it is true. An error of the condition counts as false.
 * @param timeout, interval in ms
 * @returns false on a timeout
 */
export async function until(condition: () => boolean | Promise<boolean>, timeout: number, { interval = 100, signal }: Polling = {}) {
  const isTrue = async () => condition()
  try {
    return await eventually(() => isTrue().catch(() => false), timeout, { interval, signal })
  } catch {
    signal?.throwIfAborted()
    return false
  }
}
