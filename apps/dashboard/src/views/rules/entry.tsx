import type { ListedRule } from '@hearthwatch/api/rules'
import { announce } from '../../frame/announcer.tsx'
import { useRequest } from '../../monitor/use-request.ts'
import { ErrorText } from '../../parts/error-text.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { href } from '../../route.ts'
import { ruleSentence } from './sentence.ts'
import { save } from './state.ts'
import { say } from './words.ts'

/** A rule in one sentence, with its switch. */
export function Entry({ rule }: { rule: ListedRule }) {
  const { name, enabled, severity, builtIn, changed } = rule
  const { wrong, isBusy, run } = useRequest()
  const toggle = () =>
    run(async () => {
      await save(name, { ...rule, enabled: !enabled })
      announce(say().saved)
    })
  return (
    <li class={`card column rule ${enabled ? severity : 'is-off'}`}>
      <div class="row">
        <h2>
          <a href={href('rules', name)}>{name}</a>
        </h2>
        <span class={`badge ${severity}`}>{say().severities[severity]}</span>
        {builtIn && <span class="badge">{changed === null ? say().builtIn : say().changed}</span>}
        <label class="switch">
          <span class="unseen">{say().switch(name)}</span>
          <input
            type="checkbox"
            role="switch"
            aria-checked={enabled}
            aria-busy={isBusy.value}
            checked={enabled}
            onClick={(event) => {
              // The switch moves only after the monitor has stored the change.
              event.preventDefault()
              void toggle()
            }}
          />
        </label>
      </div>
      <p>
        <Foreign text={ruleSentence(rule)} />
      </p>
      <ErrorText of={wrong.value} />
    </li>
  )
}
