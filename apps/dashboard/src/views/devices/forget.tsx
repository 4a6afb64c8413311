import { useSignal } from '@preact/signals'
import { announce } from '../../frame/announcer.tsx'
import { refreshSoon } from '../../monitor/state.ts'
import { TextField } from '../../parts/field.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { href } from '../../route.ts'
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
  async function send(): Promise<void> {
    await forget(id)
    announce(say().forgotten(id))
    refreshSoon()
    location.hash = href('devices')
  }
  return (
    <FormDialog
      title={say().forget}
      label={say().forget}
      look="danger"
      disabled={typed.value.trim() !== id.trim()}
      byStatus={{ 409: say().forgetOnline, 503: say().forgetNoBroker }}
      onSend={send}
      onClose={onClose}
    >
      <p>{say().forgetText}</p>
      <TextField label={say().forgetSure(id)} value={typed.value} onType={(value) => (typed.value = value)} />
    </FormDialog>
  )
}
