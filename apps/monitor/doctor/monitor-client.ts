import type { Findings } from '@hearthwatch/api/doctor'
import type { Health } from '@hearthwatch/api/rooms'
import type { Finding } from '@hearthwatch/doctor'
import { second } from '@hearthwatch/protocol/durations'
import type { Config } from '../config/config.ts'
import type { Patient } from './check.ts'

/** The checks of a running monitor that need its connection. @throws Error why it does not answer */
export async function askMonitor(config: Config, url: string, language: Patient['language']): Promise<Finding[]> {
  const headers = await loginOf(config, url)
  const address = new URL(`/api/doctor?needs=connection&language=${language}`, url)
  const answer = await fetch(address, { headers, signal: AbortSignal.timeout(60 * second) })
  const body = (await answer.json()) as Findings | { error: string }
  if (!answer.ok || !('findings' in body)) throw new Error('error' in body ? body.error : String(answer.status))
  return body.findings
}

/** The headers of an authorized request. */
async function loginOf({ API_TOKEN, DASHBOARD_PASSWORD }: Config, url: string): Promise<Record<string, string>> {
  if (API_TOKEN !== undefined) return { authorization: `Bearer ${API_TOKEN}` }
  if (DASHBOARD_PASSWORD === undefined) return {}
  const answer = await fetch(new URL('/api/session', url), {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ password: DASHBOARD_PASSWORD }) },
    signal: AbortSignal.timeout(10 * second),
  })
  return {
    cookie: answer.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; '),
  }
}

/** The answer of `/api/health`; without a status if another program answers, and null if none does. */
export async function healthAt(base: string): Promise<Partial<Health> | null> {
  try {
    const address = new URL('api/health', base.endsWith('/') ? base : `${base}/`)
    const answer = await fetch(address, { signal: AbortSignal.timeout(5 * second), redirect: 'manual' })
    const health = (await answer.json().catch(() => ({}))) as Partial<Health>
    return health.mqtt === undefined ? {} : health
  } catch {
    return null
  }
}
