import type { Alert } from '@hearthwatch/api/alerts'
import type { Silence } from '@hearthwatch/api/silences'
import { signal } from '@preact/signals'
import { ask } from '../../monitor/ask.ts'
import { createQuery } from '../../monitor/query.ts'
import { byWorst, refreshSoon } from '../../monitor/state.ts'
import { loadPast } from './past.ts'

/** Firing and recovering alerts, the most severe first; null: not loaded yet. */
export const firing = signal<readonly Alert[] | null>(null)
export const pending = signal<readonly Alert[]>([])
export const silences = signal<readonly Silence[]>([])
const state = (name: Alert['state']) => ask<Alert[]>(`api/alerts?state=${name}`)

export const { wrong, load, loadSoon } = createQuery(
  () => Promise.all([state('firing'), state('recovering'), state('pending'), ask<Silence[]>('api/silences'), loadPast()]),
  ([on, recovering, doubts, quiet]) => {
    firing.value = [...on, ...recovering].sort(byWorst)
    pending.value = doubts
    silences.value = quiet
  },
)

export async function acknowledge({ id }: Alert): Promise<void> {
  await ask(`api/alerts/${id}/acknowledge`, { method: 'POST' })
  refreshSoon()
  await load()
}

export async function silence(wanted: { room: string | null; rule: string | null; until: number; comment: string }): Promise<void> {
  await ask('api/silences', { method: 'POST', body: wanted })
  await load()
}

export async function endSilence({ id }: Silence): Promise<void> {
  await ask(`api/silences/${id}`, { method: 'DELETE' })
  await load()
}
