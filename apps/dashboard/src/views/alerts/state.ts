import { batch, signal } from '@preact/signals'
import type { Static } from 'typebox'
import type * as shape from '../../../../monitor/web/schemas/rules.ts'
import type { Alert } from '../../monitor/answers.ts'
import { ask } from '../../monitor/ask.ts'
import { byWorst, refreshSoon } from '../../monitor/house.ts'
import { loadPast } from './past.ts'

export type Silence = Static<typeof shape.Silence>

/** What is the matter now, the worst first; null: not known yet. */
export const firing = signal<readonly Alert[] | null>(null)
export const pending = signal<readonly Alert[]>([])
export const silences = signal<readonly Silence[]>([])
/** Why none of it could be had. */
export const wrong = signal<unknown>(null)

const state = (name: Alert['state']) => ask<Alert[]>(`api/alerts?state=${name}`)

let asked = 0
/** Asks for all of it. */
export async function load(): Promise<void> {
  const mine = ++asked
  try {
    const [on, recovering, doubts, quiet] = await Promise.all([
      state('firing'),
      state('recovering'),
      state('pending'),
      ask<Silence[]>('api/silences'),
      loadPast(),
    ])
    // A later question was answered first.
    if (mine !== asked) return
    batch(() => {
      firing.value = [...on, ...recovering].sort(byWorst)
      pending.value = doubts
      silences.value = quiet
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
  }, 150)
}

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
