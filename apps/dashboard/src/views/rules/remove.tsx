import type { ListedRule } from '@hearthwatch/api/rules'
import { useSignal } from '@preact/signals'
import { useRequest } from '../../monitor/use-request.ts'
import { Action } from '../../parts/action.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { ErrorText } from '../../parts/error-text.tsx'
import { href } from '../../route.ts'
import { frame } from '../../words/frame.ts'
import { titleOf } from '../../words/rule-title.ts'
import { Firing, isFiring } from './firing.tsx'
import { remove } from './state.ts'
import { offerUndo } from './undo.tsx'
import { say } from './words.ts'

/** Deletes a rule after a confirmation. A built-in rule is restored without one, unless it is firing. */
export function Remove({ rule }: { rule: ListedRule }) {
  const isAsking = useSignal(false)
  const { wrong, isBusy, run } = useRequest()
  const drop = () =>
    void run(async () => {
      await remove(rule)
      offerUndo({ name: rule.name, before: rule, done: rule.builtIn ? say().restored : say().removed })
      location.hash = href('rules')
    })
  return (
    <>
      <ErrorText of={wrong.value} />
      <Action look="danger" isBusy={isBusy.value} onAct={rule.builtIn && !isFiring(rule.name) ? drop : () => (isAsking.value = true)}>
        {rule.builtIn ? say().restore : say().remove}
      </Action>
      {isAsking.value && (
        <Dialog title={rule.builtIn ? say().restore : say().remove} onClose={() => (isAsking.value = false)}>
          {!rule.builtIn && <p>{say().removeSure(titleOf(rule))}</p>}
          <Firing name={rule.name} />
          <ErrorText of={wrong.value} />
          <div class="dialog-buttons">
            <button type="button" class="button" onClick={() => (isAsking.value = false)}>
              {frame().cancel}
            </button>
            <Action look="danger" isBusy={isBusy.value} onAct={drop}>
              {rule.builtIn ? say().restore : say().remove}
            </Action>
          </div>
        </Dialog>
      )}
    </>
  )
}
