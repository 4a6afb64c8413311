import { signal } from '@preact/signals'
import type { Static } from 'typebox'
import type * as shape from '../../../../monitor/web/schemas/channels.ts'
import type { Notification } from '../../monitor/answers.ts'
import { ask } from '../../monitor/ask.ts'
import { question } from '../../monitor/question.ts'

export type Channel = Static<typeof shape.Channel>

/** null: not known yet. */
export const channels = signal<readonly Channel[] | null>(null)
/** The newest first. */
export const notifications = signal<readonly Notification[]>([])
export const { wrong, load, loadSoon } = question(
  () => Promise.all([ask<Channel[]>('api/channels'), ask<Notification[]>('api/notifications')]),
  ([ways, told]) => {
    channels.value = ways
    notifications.value = told
  },
)

/** @returns why the test did not get through; null: it did */
export async function test({ name }: Channel): Promise<string | null> {
  const answer = await ask<Static<typeof shape.ChannelTest>>(`api/channels/${encodeURIComponent(name)}/test`, { method: 'POST' })
  await load()
  return answer.ok ? null : answer.error
}
