import type { Alert } from '@hearthwatch/api/alerts'
import { ask } from './ask.ts'
import { refresh } from './state.ts'

/** Acknowledges alerts, which ends their reminders. @throws like `ask` */
export async function acknowledge(alerts: readonly Alert[]): Promise<void> {
  await ask('api/alerts/acknowledge', { method: 'POST', body: { ids: alerts.map(({ id }) => id) } })
  await refresh()
}
