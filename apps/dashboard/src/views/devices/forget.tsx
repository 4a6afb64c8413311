import { useSignal } from '@preact/signals'
import { announce } from '../../frame/announcer.tsx'
import { refreshSoon } from '../../monitor/house.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { href } from '../../route.ts'
import { frame } from '../../words/frame.ts'
import { problem } from '../../words/problem.ts'
import { forget } from './state.ts'
import { say } from './words.ts'

/** The way out, for a device that is gone for good. */
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
  const wrong = useSignal<unknown>(null)
  async function go(event: Event): Promise<void> {
    event.preventDefault()
    try {
      await forget(id)
      announce(say().forgotten(id))
      refreshSoon()
      location.hash = href('devices')
    } catch (error) {
      wrong.value = error
    }
  }
  return (
    <Dialog title={say().forget} onClose={onClose}>
      <form class="form" onSubmit={(event) => void go(event)}>
        <p>{say().forgetText}</p>
        <label>
          <span>{say().forgetSure(id)}</span>
          <input type="text" autocomplete="off" value={typed.value} onInput={(event) => (typed.value = event.currentTarget.value)} />
        </label>
        {wrong.value !== null && (
          <p class="trouble" role="alert">
            {problem(wrong.value)}
          </p>
        )}
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={onClose}>
            {frame().cancel}
          </button>
          <button type="submit" class="button danger" disabled={typed.value !== id}>
            {say().forget}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
