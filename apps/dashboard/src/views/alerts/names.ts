import { computed, signal } from '@preact/signals'
import { ask } from '../../monitor/ask.ts'
import { rooms } from '../../monitor/house.ts'
import { past } from './past.ts'
import { firing } from './state.ts'
import { say } from './words.ts'

const rules = signal<readonly string[]>([])

/** Those of the house, and those of which an alert tells. */
export const ruleNames = computed(() => [...new Set([...rules.value, 'message', 'broker', ...seen.value.map(({ rule }) => rule)])])
export const roomNames = computed(() => [
  ...new Set([...(rooms.value ?? []).map(({ room }) => room), ...seen.value.flatMap(({ room }) => room ?? [])]),
])
const seen = computed(() => [...(firing.value ?? []), ...(past.value ?? [])])

export async function loadRuleNames(): Promise<void> {
  rules.value = (await ask<{ name: string }[]>('api/rules')).map(({ name }) => name)
}

/** A rule as people call it: some alerts have none. */
export const ruleName = (rule: string): string => (rule === 'message' || rule === 'broker' ? say().withoutRule[rule] : rule)
