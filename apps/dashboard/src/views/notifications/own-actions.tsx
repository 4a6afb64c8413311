import type { Channel, FilledForm } from '@hearthwatch/api/channels'
import { useSignal } from '@preact/signals'
import { announce } from '../../frame/announcer.tsx'
import { ask } from '../../monitor/ask.ts'
import { useRequest } from '../../monitor/use-request.ts'
import { Action } from '../../parts/action.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { ErrorText } from '../../parts/error-text.tsx'
import { frame } from '../../words/frame.ts'
import { ChannelEditor, type Edited } from './editor.tsx'
import { kinds, loadKinds, mute, pathOf, remove } from './state.ts'
import { say } from './words.ts'

/** The buttons of a channel that was made on the page. */
export function OwnActions({ channel }: { channel: Channel }) {
  const { name, muted } = channel
  const edited = useSignal<Edited | null>(null)
  const isRemoving = useSignal(false)
  const { wrong, isBusy, run } = useRequest()
  const isMuted = muted !== null
  const edit = () =>
    run(async () => {
      await loadKinds()
      edited.value = await ask<FilledForm>(pathOf(name))
    })
  const change = () =>
    run(async () => {
      await mute(name, !isMuted)
      announce(isMuted ? say().unmuted : say().mutedNow)
    })
  const of = <span class="unseen"> ({name})</span>
  return (
    <>
      <Action isBusy={isBusy.value} onAct={() => void edit()}>
        {say().edit}
        {of}
      </Action>
      <Action isBusy={isBusy.value} onAct={() => void change()}>
        {isMuted ? say().unmute : say().mute}
        {of}
      </Action>
      <Action isBusy={isBusy.value} onAct={() => (isRemoving.value = true)}>
        {say().remove}
        {of}
      </Action>
      <ErrorText of={wrong.value} byStatus={{ 403: say().notAPerson }} />
      {edited.value !== null && <ChannelEditor kinds={kinds.value} edited={edited.value} onClose={() => (edited.value = null)} />}
      {isRemoving.value && (
        <Dialog title={say().removeTitle(name)} onClose={() => (isRemoving.value = false)}>
          <p>{say().removeText}</p>
          <ErrorText of={wrong.value} byStatus={{ 403: say().notAPerson }} />
          <div class="dialog-buttons">
            <button type="button" class="button" onClick={() => (isRemoving.value = false)}>
              {frame().cancel}
            </button>
            <Action look="danger" isBusy={isBusy.value} onAct={() => void run(() => remove(name))}>
              {say().remove}
            </Action>
          </div>
        </Dialog>
      )}
    </>
  )
}
