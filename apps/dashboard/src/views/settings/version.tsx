import type { House, Update } from '@hearthwatch/api/house'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { isOlderPage } from '../../frame/upgrade.ts'
import { ask } from '../../monitor/ask.ts'
import { health } from '../../monitor/state.ts'
import { useRequest } from '../../monitor/use-request.ts'
import { Action } from '../../parts/action.tsx'
import { ErrorText } from '../../parts/error-text.tsx'
import { say } from './words.ts'

/** The running version, and whether there is a newer one if the owner has named an address to ask. */
export function Version() {
  const isOld = useSignal(false)
  const canAsk = useSignal(false)
  const update = useSignal<Update | null>(null)
  const { wrong, isBusy, run } = useRequest()
  useEffect(() => {
    void isOlderPage().then((is) => (isOld.value = is))
    ask<House>('api/house').then(
      (house) => (canAsk.value = house.updateCheck),
      () => {},
    )
  }, [])
  const check = () =>
    run(async () => {
      update.value = await ask<Update>('api/update-check', { method: 'POST' })
    })
  return (
    <>
      <p>{health.value && say().version(health.value.version)}</p>
      {isOld.value && (
        <p role="status">
          {say().oldPage}{' '}
          <button type="button" class="button" onClick={() => location.reload()}>
            {say().reload}
          </button>
        </p>
      )}
      {canAsk.value && (
        <Action isBusy={isBusy.value} onAct={() => void check()}>
          {say().updateCheck}
        </Action>
      )}
      {update.value !== null && (
        <p class={update.value.newer ? undefined : 'quiet'} role="status">
          {update.value.newer ? say().updateThere(update.value.newest) : say().updateNone}
        </p>
      )}
      <ErrorText of={wrong.value} byStatus={{ 502: say().updateFailed }} />
    </>
  )
}
