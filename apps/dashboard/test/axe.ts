import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page as Tab } from 'playwright-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Violation {
  id: string
  impact: string
  nodes: { target: string[]; failureSummary: string }[]
}

/** Fails if axe finds an accessibility problem. @param rule checks only this one, which is faster */
export async function assertAccessible(tab: Tab, where = '', rule?: string): Promise<void> {
  // Injected by the debugger, because the content security policy forbids other scripts.
  await tab.evaluate(source)
  const runOnly = rule === undefined ? ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] : [rule]
  const found = await tab.evaluate<Violation[]>(
    `axe.run(document, { runOnly: ${JSON.stringify(runOnly)} }).then(({ violations }) =>
      violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ target, failureSummary }) => ({ target, failureSummary })) })))`,
  )
  const told = found.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${where} ${id} (${impact}) ${target}: ${failureSummary}`),
  )
  assert.deepEqual(told, [])
}
