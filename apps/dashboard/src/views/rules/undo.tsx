import type { RuleBody } from '@hearthwatch/api/rules'
import { signal } from '@preact/signals'
import { announce } from '../../frame/announcer.tsx'
import { useRequest } from '../../monitor/use-request.ts'
import { Action } from '../../parts/action.tsx'
import { ErrorText } from '../../parts/error-text.tsx'
import { save } from './state.ts'
import { say } from './words.ts'

/** A change of a rule that can be undone. */
interface Change {
  name: string
  before: RuleBody
  /** The sentence that tells of it. */
  done: string
}

const last = signal<Change | null>(null)

/** Tells of a change, and offers to undo it. */
export function offerUndo(change: Change): void {
  last.value = change
  announce(change.done)
}

/** The last change, with a button that takes it back. */
export function Undo() {
  const { wrong, isBusy, run } = useRequest()
  const change = last.value
  if (change === null) return null
  const undo = () =>
    void run(async () => {
      await save(change.name, change.before)
      last.value = null
      announce(say().undone)
    })
  return (
    <div class="card row undo">
      <p>{change.done}</p>
      <Action isBusy={isBusy.value} onAct={undo}>
        {say().undo}
      </Action>
      <ErrorText of={wrong.value} />
    </div>
  )
}
