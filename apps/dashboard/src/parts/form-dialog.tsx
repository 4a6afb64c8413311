import { useRequest } from '../monitor/use-request.ts'
import { frame } from '../words/frame.ts'
import { Action, type ActionProps } from './action.tsx'
import { Dialog, type DialogProps } from './dialog.tsx'
import { ErrorText, type ErrorTextProps } from './error-text.tsx'

export interface FormDialogProps extends DialogProps, Pick<ActionProps, 'look' | 'disabled'>, Pick<ErrorTextProps, 'byStatus'> {
  /** Label of the button that sends the form; default: to save. */
  label?: string
  onSend(): Promise<void>
}

/** A dialog with a form, which is sent or cancelled. */
export function FormDialog({ look = 'primary', label = frame().save, disabled, byStatus, onSend, children, ...dialog }: FormDialogProps) {
  const { wrong, isBusy, run } = useRequest()
  function submit(event: Event): void {
    event.preventDefault()
    void run(onSend)
  }
  return (
    <Dialog {...dialog}>
      <form class="form" onSubmit={submit}>
        {children}
        <ErrorText of={wrong.value} byStatus={byStatus} />
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={dialog.onClose}>
            {frame().cancel}
          </button>
          <Action type="submit" look={look} isBusy={isBusy.value} disabled={disabled}>
            {label}
          </Action>
        </div>
      </form>
    </Dialog>
  )
}
