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
