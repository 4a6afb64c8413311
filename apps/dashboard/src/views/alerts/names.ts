import { computed, effect, signal } from '@preact/signals'
import { ask } from '../../monitor/ask.ts'
import { rooms } from '../../monitor/state.ts'
import { past } from './past.ts'
import { firing } from './state.ts'
import { say } from './words.ts'

const rules = signal<readonly string[]>([])
/** Names that alerts tell of: rooms may be gone, and rules as well. They stay to be chosen when something else is looked at. */
const told = signal({ rooms: new Set<string>(), rules: new Set<string>() })

effect(() => {
  const all = [...(firing.value ?? []), ...(past.value ?? [])]
  const before = told.peek()
  told.value = {
    rooms: new Set([...before.rooms, ...all.flatMap(({ room }) => room ?? [])]),
    rules: new Set([...before.rules, ...all.map(({ rule }) => rule)]),
  }
})

/** Those of the house, and those of which an alert tells. */
export const ruleNames = computed(() => [...new Set([...rules.value, 'message', 'broker', ...told.value.rules])])
export const roomNames = computed(() => [...new Set([...(rooms.value ?? []).map(({ room }) => room), ...told.value.rooms])])

export async function loadRuleNames(): Promise<void> {
  rules.value = (await ask<{ name: string }[]>('api/rules')).map(({ name }) => name)
}

/** A rule as people call it: some alerts have none. */
export const ruleName = (rule: string): string => (rule === 'message' || rule === 'broker' ? say().withoutRule[rule] : rule)
