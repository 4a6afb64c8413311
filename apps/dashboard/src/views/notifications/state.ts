import { batch, signal } from '@preact/signals'
import type { Static } from 'typebox'
import type * as shape from '../../../../monitor/web/schemas/channels.ts'
import type { Notification } from '../../monitor/answers.ts'
import { ask } from '../../monitor/ask.ts'

export type Channel = Static<typeof shape.Channel>

/** null: not known yet. */
export const channels = signal<readonly Channel[] | null>(null)
/** The newest first. */
export const notifications = signal<readonly Notification[]>([])
/** Why none of it could be had. */
export const wrong = signal<unknown>(null)

let asked = 0
export async function load(): Promise<void> {
  const mine = ++asked
  try {
    const [ways, told] = await Promise.all([ask<Channel[]>('api/channels'), ask<Notification[]>('api/notifications')])
    // A later question was answered first.
    if (mine !== asked) return
    batch(() => {
      channels.value = ways
      notifications.value = told
      wrong.value = null
    })
  } catch (error) {
    if (mine === asked) wrong.value = error
  }
}

let isWaiting = false
/** Once for all that happens together. */
export function loadSoon(): void {
  if (isWaiting) return
  isWaiting = true
  setTimeout(() => {
    isWaiting = false
    void load()
  }, 250)
}

/** @returns why the test did not get through; null: it did */
export async function test({ name }: Channel): Promise<string | null> {
  const answer = await ask<Static<typeof shape.ChannelTest>>(`api/channels/${encodeURIComponent(name)}/test`, { method: 'POST' })
  await load()
  return answer.ok ? null : answer.error
}
