import { alertsWithoutRule } from '@hearthwatch/api/rule-bounds'
import { computed, effect, signal } from '@preact/signals'
import { ask } from '../../monitor/ask.ts'
import { rooms } from '../../monitor/rooms.ts'
import { titleOf } from '../../words/rule-title.ts'
import { past } from './past.ts'
import { firing } from './state.ts'

/** The titles of the rules that exist, by name. */
const rules = signal<ReadonlyMap<string, string>>(new Map())
/** Rooms and rules of alerts, which may no longer exist. They stay selectable while the list shows others. */
const fromAlerts = signal({ rooms: new Set<string>(), rules: new Map<string, string>() })

effect(() => {
  const all = [...(firing.value ?? []), ...(past.value ?? [])]
  const before = fromAlerts.peek()
  fromAlerts.value = {
    rooms: new Set([...before.rooms, ...all.flatMap(({ room }) => room ?? [])]),
    rules: new Map([...before.rules, ...all.map(({ rule, title }) => [rule, title] as const)]),
  }
})

/** The rooms and rules that exist, and those of alerts. */
export const ruleNames = computed(() => [...new Set([...rules.value.keys(), ...alertsWithoutRule, ...fromAlerts.value.rules.keys()])])
export const roomNames = computed(() => [...new Set([...(rooms.value ?? []).map(({ room }) => room), ...fromAlerts.value.rooms])])

export async function loadRuleNames(): Promise<void> {
  rules.value = new Map((await ask<{ name: string; title: string }[]>('api/rules')).map(({ name, title }) => [name, title]))
}

/** The title of a rule in the language of the page; alerts without a rule have one, too. */
export const ruleName = (name: string): string => {
  const title = rules.value.get(name) ?? fromAlerts.value.rules.get(name)
  return titleOf({ name, ...(title === undefined ? {} : { title }) })
}
