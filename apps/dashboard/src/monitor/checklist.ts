import type { Checklist } from '@hearthwatch/api/checklist'
import { computed, signal } from '@preact/signals'
import { ask } from './ask.ts'

/** The first steps of the house; null: not loaded yet. */
export const checklist = signal<Checklist | null>(null)
/** True if no channel sends messages: alerts appear on the page only. */
export const isUntold = computed(() => checklist.value?.steps.some(({ step, done }) => step === 'channel' && !done) === true)

export async function loadChecklist(): Promise<void> {
  checklist.value = await ask<Checklist>('api/checklist')
}

export async function changeChecklist(body: { putAway?: boolean; backup?: boolean }): Promise<void> {
  checklist.value = await ask<Checklist>('api/checklist', { method: 'PUT', body })
}
