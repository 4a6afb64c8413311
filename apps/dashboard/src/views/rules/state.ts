import type { BackTest, ListedRule, RuleBody } from '@hearthwatch/api/rules'
import { signal } from '@preact/signals'
import { ask, now } from '../../monitor/ask.ts'
import { createQuery } from '../../monitor/query.ts'

/** The back-test of a rule, with the tested rule and time span (ms). */
export interface Result extends BackTest {
  rule: RuleBody
  from: number
  to: number
}

/** null: not loaded yet. */
export const rules = signal<readonly ListedRule[] | null>(null)
export const channelNames = signal<readonly string[]>([])
export const { wrong, load } = createQuery(
  () => Promise.all([ask<ListedRule[]>('api/rules'), ask<{ name: string }[]>('api/channels')]),
  ([all, channels]) => {
    rules.value = all
    channelNames.value = channels.map(({ name }) => name)
  },
)

const path = (name: string) => `api/rules/${encodeURIComponent(name)}`

export async function save(name: string, rule: RuleBody): Promise<void> {
  await ask(path(name), { method: 'PUT', body: rule })
  await load()
}

/** Deletes a rule; a built-in one is restored. */
export async function remove({ name }: ListedRule): Promise<void> {
  await ask(path(name), { method: 'DELETE' })
  await load()
}

/** @param span ms, up to now */
export const tryOut = (rule: RuleBody, span: number, signal: AbortSignal) =>
  ask<BackTest>('api/rules/test', { method: 'POST', body: { rule, from: Math.floor(now() - span), to: Math.floor(now()) }, signal })
