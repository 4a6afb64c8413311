import { useSignal } from '@preact/signals'
import { announce } from '../../frame/announcer.tsx'
import { Refused } from '../../monitor/ask.ts'
import { isReader } from '../../monitor/session.ts'
import { useRequest } from '../../monitor/use-request.ts'
import { Action } from '../../parts/action.tsx'
import { ErrorText } from '../../parts/error-text.tsx'
import { TextField } from '../../parts/field.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { fieldProblem } from '../../words/field-problem.ts'
import { channels } from './state.ts'
import { freeName, NotSubscribed, ownChannel, subscribe, support, unsubscribe } from './subscription.ts'
import { say } from './words.ts'

/** Alerts on this device, through the push service of its browser. */
export function ThisBrowser() {
  const isOpen = useSignal(false)
  const known = channels.value
  if (known === null || isReader.value) return null
  const name = known.some((one) => one.name === ownChannel.value) ? ownChannel.value : null
  const can = support()
  if (can === 'no' && name === null) return null
  const hint = { yes: say().browserText, no: '', denied: say().browserDenied, phone: say().browserPhone, insecure: say().browserInsecure }[
    can
  ]
  return (
    <section class="part this-browser" aria-labelledby="this-browser">
      <h2 id="this-browser">{say().browserTitle}</h2>
      {name !== null ? (
        <Stop name={name} />
      ) : (
        <>
          <p class="quiet small">{hint}</p>
          {can === 'yes' && (
            <Action onAct={() => (isOpen.value = true)} isBusy={false}>
              {say().browserAdd}
            </Action>
          )}
        </>
      )}
      {isOpen.value && <Subscribe onClose={() => (isOpen.value = false)} />}
    </section>
  )
}

function Stop({ name }: { name: string }) {
  const { wrong, isBusy, run } = useRequest()
  const stop = () =>
    run(async () => {
      await unsubscribe(name)
      announce(say().browserStopped)
    })
  return (
    <>
      <p class="quiet small">{say().browserIs(name)}</p>
      <Action isBusy={isBusy.value} onAct={() => void stop()}>
        {say().browserStop}
      </Action>
      <ErrorText of={wrong.value} byStatus={{ 403: say().notAPerson }} />
    </>
  )
}

function Subscribe({ onClose }: { onClose(): void }) {
  const name = useSignal(freeName())
  const problem = useSignal<string | undefined>(undefined)

  async function send(): Promise<void> {
    problem.value = undefined
    try {
      await subscribe(name.value.trim() || freeName())
    } catch (error) {
      if (error instanceof NotSubscribed) throw new Error(support() === 'denied' ? say().browserDenied : say().browserFailed)
      const wrong = error instanceof Refused ? error.fields.find(({ field }) => field === 'name') : undefined
      if (wrong === undefined) throw error
      problem.value = fieldProblem(wrong)
      throw new Error(say().correct)
    }
    announce(say().saved)
    onClose()
  }

  return (
    <FormDialog title={say().browserAdd} label={say().browserAdd} byStatus={{ 403: say().notAPerson }} onSend={send} onClose={onClose}>
      <p class="quiet small">{say().browserAllow}</p>
      <TextField
        label={say().browserName}
        hint={say().nameHint}
        maxLength={32}
        problem={problem.value}
        value={name.value}
        onType={(typed) => (name.value = typed)}
      />
    </FormDialog>
  )
}
