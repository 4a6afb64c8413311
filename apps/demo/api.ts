import { setTimeout as delay } from 'node:timers/promises'

export async function get<T>(url: string, path: string): Promise<T> {
  const response = await fetch(new URL(path, url), { signal: AbortSignal.timeout(2000) })
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`)
  return (await response.json()) as T
}

/**
 * Asks until the answer is yes.
 * @param within ms
 * @returns false if it was not yes in time
 */
export async function until(question: () => Promise<boolean>, within: number, signal: AbortSignal): Promise<boolean> {
  const end = performance.now() + within
  while (performance.now() < end) {
    signal.throwIfAborted()
    if (await question().catch(() => false)) return true
    await delay(200, undefined, { signal })
  }
  return false
}
