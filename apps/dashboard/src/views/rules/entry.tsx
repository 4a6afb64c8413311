import { useSignal } from '@preact/signals'
import { announce } from '../../frame/announcer.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { href } from '../../route.ts'
import { problem } from '../../words/problem.ts'
import { ruleSentence } from './sentence.ts'
import { type Rule, save } from './state.ts'
import { say } from './words.ts'

/** A rule at a glance, with its switch. */
export function Entry({ rule }: { rule: Rule }) {
  const { name, enabled, severity, builtIn, changed } = rule
  const wrong = useSignal<unknown>(null)
  async function toggle(): Promise<void> {
    wrong.value = null
    try {
      await save(name, { ...rule, enabled: !enabled })
      announce(say().saved)
    } catch (error) {
      wrong.value = error
      // What stands in the house is shown, not what was wished for.
    }
  }
  return (
    <li class={`card rule ${enabled ? severity : 'is-off'}`}>
      <div class="rule-head">
        <h2>
          <a href={href('rules', name)}>{name}</a>
        </h2>
        <span class={`badge ${severity}`}>{say().severities[severity]}</span>
        {builtIn && <span class="badge">{changed === null ? say().builtIn : say().changed}</span>}
        <label class="switch">
          <span class="unseen">{say().switch(name)}</span>
          <input type="checkbox" role="switch" aria-checked={enabled} checked={enabled} onChange={() => void toggle()} />
        </label>
      </div>
      <p>
        <Foreign text={ruleSentence(rule)} />
      </p>
      {wrong.value !== null && (
        <p class="trouble" role="alert">
          {problem(wrong.value)}
        </p>
      )}
    </li>
  )
}
