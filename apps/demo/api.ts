import { setTimeout as delay } from 'node:timers/promises'

/**
 * Calls the HTTP API of the monitor.
 * @param url base URL of the page
 * @throws Error with the method, the path and the status
 */
export async function call<T>(url: string, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(new URL(path, url), {
    method,
    signal: AbortSignal.timeout(5000),
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status} ${await response.text()}`)
  return (response.status === 204 ? null : await response.json()) as T
}

export const get = <T>(url: string, path: string) => call<T>(url, 'GET', path)

/**
 * Checks a condition every 200 ms until it is true. An error counts as false.
 * @param timeout ms
 * @returns false if it was not true in time
 */
export async function until(condition: () => Promise<boolean>, timeout: number, signal?: AbortSignal): Promise<boolean> {
  const end = performance.now() + timeout
  while (performance.now() < end) {
    signal?.throwIfAborted()
    if (await condition().catch(() => false)) return true
    await delay(200, undefined, signal && { signal })
  }
  return false
}
