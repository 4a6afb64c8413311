import { rooms } from './rooms.ts'

/** What the people of the house have set on its page. Waits until it shows that all are there. */
export async function arrange(url: string): Promise<void> {
  const ask = async (method: string, path: string, body?: unknown) => {
    const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
    const response = await fetch(new URL(path, url), { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
    const answer = response.status === 204 ? null : await response.json()
    if (!response.ok) throw new Error(`${method} ${path}: ${answer?.error}`)
    return answer
  }
  const until = async (what: string, holds: () => Promise<boolean>) => {
    const end = Date.now() + 30_000
    while (!(await holds())) {
      if (Date.now() > end) throw new Error(`not within 30 s: ${what}`)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }

  for (const [position, { room, label }] of rooms.entries())
    await ask('PUT', `/api/labels/${encodeURIComponent(room)}`, { ...label, position })
  await ask('PUT', '/api/rules/damp', { condition: 'above', quantity: 'humidity', limit: 80, recover: 3, for: 900, severity: 'warning' })
  await ask('PUT', '/api/rules/stuffy', { condition: 'above', quantity: 'co2', limit: 1200, recover: 100, for: 600, severity: 'info' })
  await ask('POST', '/api/silences', { room: 'garden', until: Date.now() + 14 * 3_600_000, comment: 'The battery is being charged.' })
  const online = rooms.filter(({ silentFor }) => silentFor === undefined).length
  await until('everybody is online', async () => {
    const devices: { status: string }[] = await ask('GET', '/api/devices')
    return devices.filter(({ status }) => status === 'online').length === online
  })
  await until('the oven is noticed', async () => {
    const alerts: { room: string }[] = await ask('GET', '/api/alerts?state=firing')
    return alerts.some(({ room }) => room === 'kitchen')
  })
  await ask('POST', '/api/channels/mail/test')
  await until('somebody was told', async () => {
    const told: { state: string }[] = await ask('GET', '/api/notifications')
    return told.some(({ state }) => state === 'sent')
  })
}
