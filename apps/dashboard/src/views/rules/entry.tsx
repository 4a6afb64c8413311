import type { ListedRule } from '@hearthwatch/api/rules'
import { useSignal } from '@preact/signals'
import { announce } from '../../frame/announcer.tsx'
import { useRequest } from '../../monitor/use-request.ts'
import { Action } from '../../parts/action.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { ErrorText } from '../../parts/error-text.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { href } from '../../route.ts'
import { frame } from '../../words/frame.ts'
import { titleOf } from '../../words/rule-title.ts'
import { Firing, isFiring } from './firing.tsx'
import { ruleSentence } from './sentence.ts'
import { save } from './state.ts'
import { offerUndo } from './undo.tsx'
import { say } from './words.ts'

/** A rule in one sentence, with its switch. A rule that is firing is switched off after a question. */
export function Entry({ rule }: { rule: ListedRule }) {
  const { name, enabled, severity, builtIn, changed } = rule
  const title = titleOf(rule)
  const { wrong, isBusy, run } = useRequest()
  const isAsking = useSignal(false)
  const close = () => (isAsking.value = false)
  const toggle = () =>
    void run(async () => {
      await save(name, { ...rule, enabled: !enabled })
      close()
      if (enabled) offerUndo({ name, before: rule, done: say().isOff(title) })
      else announce(say().saved)
    })
  return (
    <li class={`card column rule ${enabled ? severity : 'is-off'}`}>
      <div class="row">
        <h2>
          <a href={href('rules', name)}>
            <Foreign text={title} />
          </a>
        </h2>
        {title !== name && <code class="quiet small">{name}</code>}
        <span class={`badge ${severity}`}>{say().severities[severity]}</span>
        {builtIn && <span class="badge">{changed === null ? say().builtIn : say().changed}</span>}
        <label class="switch">
          <span class="unseen">{say().switch(title)}</span>
          <input
            type="checkbox"
            role="switch"
            aria-checked={enabled}
            aria-busy={isBusy.value}
            checked={enabled}
            onClick={(event) => {
              // The switch moves only after the monitor has stored the change.
              event.preventDefault()
              if (enabled && isFiring(name)) isAsking.value = true
              else toggle()
            }}
          />
        </label>
      </div>
      <p>
        <Foreign text={ruleSentence(rule)} />
      </p>
      <ErrorText of={wrong.value} />
      {isAsking.value && (
        <Dialog title={say().switchOffSure(title)} onClose={close}>
          <Firing name={name} />
          <ErrorText of={wrong.value} />
          <div class="dialog-buttons">
            <button type="button" class="button" onClick={close}>
              {frame().cancel}
            </button>
            <Action look="danger" isBusy={isBusy.value} onAct={toggle}>
              {say().switchOff}
            </Action>
          </div>
        </Dialog>
      )}
    </li>
  )
}
