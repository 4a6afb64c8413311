import type { Silence } from '@hearthwatch/api/silences'
import { effect, signal } from '@preact/signals'
import { ask } from './ask.ts'
import { onEvent } from './events.ts'
import { createQuery } from './query.ts'
import { connections } from './state.ts'

/** The silences in force, loaded with each new connection. */
export const silences = signal<readonly Silence[]>([])

export const { load: loadSilences, loadSoon } = createQuery(
  () => ask<Silence[]>('api/silences'),
  (all) => {
    silences.value = all
  },
)

effect(() => {
  if (connections.value > 0) void loadSilences()
})
// Another page may have set one: its alerts change with it.
onEvent('alert', loadSoon)

export async function silence(wanted: { room: string | null; rule: string | null; until: number; comment: string }): Promise<void> {
  await ask('api/silences', { method: 'POST', body: wanted })
  await loadSilences()
}

export async function endSilence({ id }: Silence): Promise<void> {
  await ask(`api/silences/${id}`, { method: 'DELETE' })
  await loadSilences()
}
