import type { Channel, ChannelTest } from '@hearthwatch/api/channels'
import type { Localized } from '@hearthwatch/api/localized'
import type { Notification } from '@hearthwatch/api/notifications'
import { signal } from '@preact/signals'
import { ask } from '../../monitor/ask.ts'
import { createQuery } from '../../monitor/query.ts'

/** null: not loaded yet. */
export const channels = signal<readonly Channel[] | null>(null)
/** The newest first. */
export const notifications = signal<readonly Notification[]>([])
export const { wrong, load, loadSoon } = createQuery(
  () => Promise.all([ask<Channel[]>('api/channels'), ask<Notification[]>('api/notifications')]),
  ([ways, all]) => {
    channels.value = ways
    notifications.value = all
  },
)

/** @returns the error of the test; null: it was sent */
export async function test({ name }: Channel): Promise<Localized | null> {
  const answer = await ask<ChannelTest>(`api/channels/${encodeURIComponent(name)}/test`, { method: 'POST' })
  await load()
  return answer.ok ? null : answer.errorWords
}
