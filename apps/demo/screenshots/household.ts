import type { Alert } from '@hearthwatch/api/alerts'
import type { Device } from '@hearthwatch/api/devices'
import type { Notification } from '@hearthwatch/api/notifications'
import { rooms } from './rooms.ts'

async function ask(url: string, method: string, path: string, body?: unknown) {
  const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
  const response = await fetch(new URL(path, url), { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
  const answer = response.status === 204 ? null : await response.json()
  if (!response.ok) throw new Error(`${method} ${path}: ${answer?.error}`)
  return answer
}

/** Calls the rooms as people of this language do. */
export async function nameRooms(url: string, language: 'en' | 'zh-TW'): Promise<void> {
  for (const [position, { room, names, icon }] of rooms.entries())
    await ask(url, 'PUT', `/api/labels/${encodeURIComponent(room)}`, { name: names[language], icon, position })
}

/** What the people of the house have set on its page. Waits until it shows that all are there. */
export async function arrange(url: string): Promise<void> {
  const until = async (what: string, holds: () => Promise<boolean>) => {
    const end = Date.now() + 30_000
    while (!(await holds())) {
      if (Date.now() > end) throw new Error(`not within 30 s: ${what}`)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }

  await ask(url, 'PUT', '/api/rules/damp', {
    condition: 'above',
    quantity: 'humidity',
    rooms: 'bath*',
    limit: 80,
    recover: 3,
    for: 900,
    severity: 'warning',
  })
  await ask(url, 'PUT', '/api/rules/stuffy', { condition: 'above', quantity: 'co2', limit: 1200, recover: 100, for: 600, severity: 'info' })
  await ask(url, 'POST', '/api/silences', { room: 'garden', until: Date.now() + 14 * 3_600_000, comment: 'The battery is being charged.' })
  const online = rooms.filter(({ silentFor }) => silentFor === undefined).length
  await until('everybody is online', async () => {
    const devices: Device[] = await ask(url, 'GET', '/api/devices')
    return devices.filter(({ status }) => status === 'online').length === online
  })
  await until('the oven is noticed', async () => {
    const alerts: Alert[] = await ask(url, 'GET', '/api/alerts?state=firing')
    return alerts.some(({ room }) => room === 'kitchen')
  })
  await ask(url, 'POST', '/api/channels/mail/test')
  await until('somebody was told', async () => {
    const told: Notification[] = await ask(url, 'GET', '/api/notifications')
    return told.some(({ state }) => state === 'sent')
  })
}
