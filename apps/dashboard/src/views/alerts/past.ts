import type { Alert } from '@hearthwatch/api/alerts'
import { batch, signal } from '@preact/signals'
import { ask, withQuery } from '../../monitor/ask.ts'

/** So many at a time. */
const page = 30

/** What of the history is shown; empty: all of it. */
export const choice = signal({ room: '', rule: '' })
/** The latest first; null: not known yet. */
export const past = signal<readonly Alert[] | null>(null)
/** Whether there are older ones. */
export const hasMore = signal(false)

const pageBehind = (before: number | undefined) => {
  const { room, rule } = choice.value
  return ask<Alert[]>(withQuery('api/alerts', { state: 'resolved', room: room || undefined, rule: rule || undefined, before, limit: page }))
}

/** Counts up, so that an answer that was overtaken is known as such. */
let asked = 0

/** Asks for the latest; older ones that are known stay where they join on. */
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

/** @throws what `ask` throws */
export async function loadOlder(): Promise<void> {
  const chosen = choice.value
  const last = past.value?.at(-1)?.id
  const older = await pageBehind(last)
  // Meanwhile something else may have been chosen.
  if (chosen !== choice.value || last !== past.value?.at(-1)?.id) return
  batch(() => {
    past.value = [...(past.value ?? []), ...older]
    hasMore.value = older.length === page
  })
}

/** Another room, another rule: begins anew. */
export async function choose(change: Partial<typeof choice.value>): Promise<void> {
  batch(() => {
    choice.value = { ...choice.value, ...change }
    past.value = null
  })
  await loadPast()
}
