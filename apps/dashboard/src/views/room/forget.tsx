import { useSignal } from '@preact/signals'
import { announce } from '../../frame/announcer.tsx'
import { ask, withQuery } from '../../monitor/ask.ts'
import { refreshSoon } from '../../monitor/state.ts'
import { useRequest } from '../../monitor/use-request.ts'
import { Action } from '../../parts/action.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { ErrorText } from '../../parts/error-text.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { href } from '../../route.ts'
import { frame } from '../../words/frame.ts'
import { say } from './words.ts'

/** Forgets a room that was a typing error, or that is gone. */
export function Forget({ room, name }: { room: string; name: string }) {
  const isAsking = useSignal(false)
  return (
    <p class="room-forget">
      <button type="button" class="button quiet" onClick={() => (isAsking.value = true)}>
        {say().forget} …
      </button>
      {isAsking.value && <Sure room={room} name={name} onClose={() => (isAsking.value = false)} />}
    </p>
  )
}

function Sure({ room, name, onClose }: { room: string; name: string; onClose(): void }) {
  const history = useSignal<'keep' | 'delete'>('keep')
  const { wrong, isBusy, run } = useRequest()
  function go(event: Event): void {
    event.preventDefault()
    void run(async () => {
      await ask(withQuery(`api/rooms/${encodeURIComponent(room)}`, { history: history.value }), { method: 'DELETE' })
      announce(say().forgotten(name))
      refreshSoon()
      location.hash = href('home')
    })
  }
  return (
    <Dialog title={say().forget} onClose={onClose}>
      <form class="form" onSubmit={go}>
        <p>
          <Foreign text={say().forgetText(name)} />
        </p>
        <fieldset class="room-history" aria-label={say().history}>
          {(['keep', 'delete'] as const).map((choice) => (
            <label key={choice}>
              <input type="radio" name="history" checked={history.value === choice} onChange={() => (history.value = choice)} />
              {say().historyChoices[choice]}
            </label>
          ))}
        </fieldset>
        <ErrorText of={wrong.value} byStatus={{ 409: say().forgetOnline, 503: say().forgetNoBroker }} />
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={onClose}>
            {frame().cancel}
          </button>
          <Action type="submit" look="danger" isBusy={isBusy.value}>
            {say().forget}
          </Action>
        </div>
      </form>
    </Dialog>
  )
}
