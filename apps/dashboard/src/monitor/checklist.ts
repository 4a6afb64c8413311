import type { Checklist } from '@hearthwatch/api/checklist'
import { computed, signal } from '@preact/signals'
import { ask } from './ask.ts'

/** The first steps of the house; null: not loaded yet. */
export const checklist = signal<Checklist | null>(null)
/** As this browser last knew it, until the checklist is loaded. */
export const wasUntold = signal(false)
/** True if no channel sends messages: alerts appear on the page only. */
export const isUntold = computed(() =>
  checklist.value === null ? wasUntold.value : checklist.value.steps.some(({ step, done }) => step === 'channel' && !done),
)

export async function loadChecklist(): Promise<void> {
  checklist.value = await ask<Checklist>('api/checklist')
}

export async function changeChecklist(body: { putAway?: boolean; backup?: boolean }): Promise<void> {
  checklist.value = await ask<Checklist>('api/checklist', { method: 'PUT', body })
}
