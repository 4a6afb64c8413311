import type { Alert } from '@hearthwatch/api/alerts'
import type { Device } from '@hearthwatch/api/devices'
import type { Notification } from '@hearthwatch/api/notifications'
import { hour } from '@hearthwatch/protocol/durations'
import { until } from '@hearthwatch/testhouse/eventually'
import { call, get } from '../api.ts'
import { rooms } from '../rooms.ts'

/** Adds rules and a silence, and waits until all sensors are online, an alert is firing and a notification is sent. */
export async function configure(url: string): Promise<void> {
  const waitFor = async (what: string, condition: () => Promise<boolean>) => {
    if (!(await until(condition, 30_000))) throw new Error(`not within 30 s: ${what}`)
  }

  await call(url, 'PUT', '/api/rules/damp', {
    condition: 'above',
    quantity: 'humidity',
    rooms: 'bath*',
    limit: 80,
    recover: 3,
    for: 900,
    severity: 'warning',
  })
  await call(url, 'PUT', '/api/rules/stuffy', {
    condition: 'above',
    quantity: 'co2',
    limit: 1200,
    recover: 100,
    for: 600,
    severity: 'info',
  })
  await call(url, 'POST', '/api/silences', { room: 'garden', until: Date.now() + 14 * hour, comment: 'The battery is being charged.' })
  const online = rooms.filter(({ silentFor }) => silentFor === undefined).length
  await waitFor('all sensors are online', async () => {
    const devices = await get<Device[]>(url, '/api/devices')
    return devices.filter(({ status }) => status === 'online').length === online
  })
  await waitFor('an alert is firing in the kitchen', async () => {
    const alerts = await get<Alert[]>(url, '/api/alerts?state=firing')
    return alerts.some(({ room }) => room === 'kitchen')
  })
  await call(url, 'POST', '/api/channels/mail/test')
  await waitFor('a notification is sent', async () => {
    const notifications = await get<Notification[]>(url, '/api/notifications')
    return notifications.some(({ state }) => state === 'sent')
  })
}
