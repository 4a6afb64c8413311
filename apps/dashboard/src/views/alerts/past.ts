import type { Alert } from '@hearthwatch/api/alerts'
import { batch, signal } from '@preact/signals'
import { ask, withQuery } from '../../monitor/ask.ts'

/** Alerts per page. */
const page = 30

/** The room and the rule of the shown history; empty: all. */
export const choice = signal({ room: '', rule: '' })
/** The newest first; null: not loaded yet. */
export const past = signal<readonly Alert[] | null>(null)
/** True if the monitor has older alerts. */
export const hasMore = signal(false)

const pageBehind = (before: number | undefined) => {
  const { room, rule } = choice.value
  return ask<Alert[]>(withQuery('api/alerts', { state: 'resolved', room: room || undefined, rule: rule || undefined, before, limit: page }))
}

/** Number of requests so far: only the answer to the latest one is used. */
let asked = 0

/** Loads the newest page. Older alerts that are already loaded stay if they follow without a gap. */
export async function loadPast(): Promise<void> {
  const mine = ++asked
  const latest = await pageBehind(undefined)
  if (mine !== asked) return
  const known = past.value ?? []
  const ids = new Set(latest.map(({ id }) => id))
  const joint = known.findLastIndex(({ id }) => ids.has(id))
  batch(() => {
    past.value = joint < 0 ? latest : [...latest, ...known.slice(joint + 1)]
    if (joint < 0 || joint === known.length - 1) hasMore.value = latest.length === page
  })
}

/** @throws like `ask` */
export async function loadOlder(): Promise<void> {
  const chosen = choice.value
  const last = past.value?.at(-1)?.id
  const older = await pageBehind(last)
  // The choice may have changed meanwhile.
  if (chosen !== choice.value || last !== past.value?.at(-1)?.id) return
  batch(() => {
    past.value = [...(past.value ?? []), ...older]
    hasMore.value = older.length === page
  })
}

/** Changes the choice and loads its newest page. */
export async function choose(change: Partial<typeof choice.value>): Promise<void> {
  batch(() => {
    choice.value = { ...choice.value, ...change }
    past.value = null
  })
  await loadPast()
}
