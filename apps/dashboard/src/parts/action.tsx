import type { ComponentChildren } from 'preact'
import { isReader } from '../monitor/session.ts'
import { frame } from '../words/frame.ts'

export interface ActionProps {
  /** Additional class: `primary` or `danger`. */
  look?: string
  type?: 'button' | 'submit'
  isBusy: boolean
  disabled?: boolean | undefined
  /** It changes nothing at the monitor, so a reader may press it. */
  reads?: boolean
  onAct?(): void
  children: ComponentChildren
}

/**
 * A button that starts a request. While the request runs, a press does nothing; the button is not disabled, so that it
 * keeps the keyboard focus. For a reader it is disabled, and says why.
 */
export function Action({ look = '', type = 'button', isBusy, disabled = false, reads = false, onAct, children }: ActionProps) {
  const isRefused = isReader.value && !reads
  return (
    <button
      type={type}
      class={`button ${look}`}
      disabled={disabled || isRefused}
      title={isRefused ? frame().readOnly : undefined}
      aria-disabled={isBusy}
      onClick={() => !isBusy && onAct?.()}
    >
      {children}
    </button>
  )
}
