import { setTimeout as delay } from 'node:timers/promises'

/**
 * Checks a condition at intervals until it is true. An error counts as false.
 * @param timeout, interval in ms
 * @returns false on a timeout
 */
export async function until(condition: () => boolean | Promise<boolean>, timeout: number, interval = 100): Promise<boolean> {
  const end = performance.now() + timeout
  const isTrue = async () => condition()
  for (;;) {
    if (await isTrue().catch(() => false)) return true
    if (performance.now() > end) return false
    await delay(interval)
  }
}
