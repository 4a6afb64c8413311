import { day } from '@hearthwatch/protocol/durations'
import { useSignal } from '@preact/signals'
import { announce } from '../../frame/announcer.tsx'
import { ask, now, withQuery } from '../../monitor/ask.ts'
import { refreshSoon } from '../../monitor/state.ts'
import { Foreign } from '../../parts/foreign.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { href } from '../../route.ts'
import { say } from './words.ts'

/** A room that has been silent for so long is offered to be forgotten. */
const long = 7 * day

/** Forgets a room that was a typing error, or that is gone. @param last time of its last reading, ms */
export function Forget({ room, name, last }: { room: string; name: string; last: number }) {
  const isAsking = useSignal(false)
  const days = Math.floor((now() - last) / day)
  return (
    <p class="room-forget">
      {days * day >= long && last > 0 && <span>{say().silentFor(days)} </span>}
      <button type="button" class="button quiet" onClick={() => (isAsking.value = true)}>
        {say().forget} …
      </button>
      {isAsking.value && <Sure room={room} name={name} onClose={() => (isAsking.value = false)} />}
    </p>
  )
}

function Sure({ room, name, onClose }: { room: string; name: string; onClose(): void }) {
  const history = useSignal<'keep' | 'delete'>('keep')
  async function send(): Promise<void> {
    await ask(withQuery(`api/rooms/${encodeURIComponent(room)}`, { history: history.value }), { method: 'DELETE' })
    announce(say().forgotten(name))
    refreshSoon()
    location.hash = href('home')
  }
  return (
    <FormDialog
      title={say().forget}
      label={say().forget}
      look="danger"
      byStatus={{ 409: say().forgetOnline, 503: say().forgetNoBroker }}
      onSend={send}
      onClose={onClose}
    >
      <p>
        <Foreign text={say().forgetText(name)} />
      </p>
      <fieldset class="stack room-history" aria-label={say().history}>
        {(['keep', 'delete'] as const).map((choice) => (
          <label key={choice} class="row">
            <input type="radio" name="history" checked={history.value === choice} onChange={() => (history.value = choice)} />
            {say().historyChoices[choice]}
          </label>
        ))}
      </fieldset>
    </FormDialog>
  )
}
