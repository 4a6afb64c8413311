import { useSignal } from '@preact/signals'
import { announce } from '../../frame/announcer.tsx'
import { refreshSoon } from '../../monitor/state.ts'
import { useRequest } from '../../monitor/use-request.ts'
import { Action } from '../../parts/action.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { ErrorText } from '../../parts/error-text.tsx'
import { TextField } from '../../parts/field.tsx'
import { href } from '../../route.ts'
import { frame } from '../../words/frame.ts'
import { forget } from './state.ts'
import { say } from './words.ts'

/** Forgets a device that is gone for good. */
export function Forget({ id, isOnline }: { id: string; isOnline: boolean }) {
  const isAsking = useSignal(false)
  return (
    <section class="card" aria-labelledby="forget">
      <h2 id="forget">{say().forget}</h2>
      <p class="quiet small">{isOnline ? say().forgetOnline : say().forgetText}</p>
      <button type="button" class="button danger" disabled={isOnline} onClick={() => (isAsking.value = true)}>
        {say().forget}
      </button>
      {isAsking.value && <Sure id={id} onClose={() => (isAsking.value = false)} />}
    </section>
  )
}

function Sure({ id, onClose }: { id: string; onClose(): void }) {
  const typed = useSignal('')
  const { wrong, isBusy, run } = useRequest()
  function go(event: Event): void {
    event.preventDefault()
    if (typed.value.trim() !== id.trim()) return
    void run(async () => {
      await forget(id)
      announce(say().forgotten(id))
      refreshSoon()
      location.hash = href('devices')
    })
  }
  return (
    <Dialog title={say().forget} onClose={onClose}>
      <form class="form forget-form" onSubmit={go}>
        <p>{say().forgetText}</p>
        <TextField label={say().forgetSure(id)} value={typed.value} onType={(value) => (typed.value = value)} />
        <ErrorText of={wrong.value} byStatus={{ 409: say().forgetOnline, 503: say().forgetNoBroker }} />
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={onClose}>
            {frame().cancel}
          </button>
          <Action type="submit" look="danger" isBusy={isBusy.value} disabled={typed.value.trim() !== id.trim()}>
            {say().forget}
          </Action>
        </div>
      </form>
    </Dialog>
  )
}
