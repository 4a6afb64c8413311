import type { Alert } from '@hearthwatch/api/alerts'
import { signal } from '@preact/signals'
import { ask } from '../../monitor/ask.ts'
import { createQuery } from '../../monitor/query.ts'
import { byWorst } from '../../monitor/state.ts'
import { loadPast } from './past.ts'

/** Firing and recovering alerts, the most severe first; null: not loaded yet. */
export const firing = signal<readonly Alert[] | null>(null)
export const pending = signal<readonly Alert[]>([])
const state = (name: Alert['state']) => ask<Alert[]>(`api/alerts?state=${name}`)

export const { wrong, load, loadSoon } = createQuery(
  () => Promise.all([state('firing'), state('recovering'), state('pending'), loadPast()]),
  ([on, recovering, doubts]) => {
    firing.value = [...on, ...recovering].sort(byWorst)
    pending.value = doubts
  },
)
