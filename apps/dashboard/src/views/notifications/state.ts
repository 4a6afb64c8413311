import type { Channel, ChannelKind, ChannelTest } from '@hearthwatch/api/channels'
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

export const kinds = signal<readonly ChannelKind[]>([])

/** Loads the forms once; they do not change while the monitor runs. */
export async function loadKinds(): Promise<void> {
  if (kinds.value.length === 0) kinds.value = await ask<ChannelKind[]>('api/channel-kinds')
}

export const pathOf = (name: string) => `api/channels/${encodeURIComponent(name)}`

/** @throws Refused with the wrong fields */
export async function save(name: string, kind: string, fields: Record<string, string | null>, isKnown: boolean): Promise<void> {
  if (isKnown) await ask(pathOf(name), { method: 'PUT', body: { fields } })
  else await ask('api/channels', { method: 'POST', body: { name, kind, fields } })
  await load()
}

export async function mute(name: string, muted: boolean): Promise<void> {
  await ask(`${pathOf(name)}/muted`, { method: 'PUT', body: { muted } })
  await load()
}

export async function remove(name: string): Promise<void> {
  await ask(pathOf(name), { method: 'DELETE' })
  await load()
}

/** @returns the error of the test; null: it was sent */
export async function test({ name }: Channel): Promise<Localized | null> {
  const answer = await ask<ChannelTest>(`${pathOf(name)}/test`, { method: 'POST' })
  await load()
  return answer.ok ? null : answer.errorWords
}
