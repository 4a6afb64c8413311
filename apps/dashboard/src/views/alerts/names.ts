import { computed, effect, signal } from '@preact/signals'
import { ask } from '../../monitor/ask.ts'
import { rooms } from '../../monitor/state.ts'
import { past } from './past.ts'
import { firing } from './state.ts'
import { say } from './words.ts'

const rules = signal<readonly string[]>([])
/** Rooms and rules of alerts, which may no longer exist. They stay selectable while the list shows others. */
const fromAlerts = signal({ rooms: new Set<string>(), rules: new Set<string>() })

effect(() => {
  const all = [...(firing.value ?? []), ...(past.value ?? [])]
  const before = fromAlerts.peek()
  fromAlerts.value = {
    rooms: new Set([...before.rooms, ...all.flatMap(({ room }) => room ?? [])]),
    rules: new Set([...before.rules, ...all.map(({ rule }) => rule)]),
  }
})

/** Alerts that no rule raises. */
const withoutRule = ['message', 'broker', 'flood'] as const

/** The rooms that exist, and those of alerts. */
export const ruleNames = computed(() => [...new Set([...rules.value, ...withoutRule, ...fromAlerts.value.rules])])
export const roomNames = computed(() => [...new Set([...(rooms.value ?? []).map(({ room }) => room), ...fromAlerts.value.rooms])])

export async function loadRuleNames(): Promise<void> {
  rules.value = (await ask<{ name: string }[]>('api/rules')).map(({ name }) => name)
}

const isWithoutRule = (rule: string): rule is (typeof withoutRule)[number] => (withoutRule as readonly string[]).includes(rule)

/** The name of a rule; alerts without a rule have a name, too. */
export const ruleName = (rule: string): string => (isWithoutRule(rule) ? say().withoutRule[rule] : rule)
