import type { ComponentChildren } from 'preact'

export interface ActionProps {
  /** Additional class: `primary` or `danger`. */
  look?: string
  type?: 'button' | 'submit'
  isBusy: boolean
  disabled?: boolean | undefined
  onAct?(): void
  children: ComponentChildren
}

/**
 * A button that starts a request. While the request runs, a press does nothing; the button is not disabled, so that it
 * keeps the keyboard focus.
 */
export function Action({ look = '', type = 'button', isBusy, disabled = false, onAct, children }: ActionProps) {
  return (
    <button type={type} class={`button ${look}`} disabled={disabled} aria-disabled={isBusy} onClick={() => !isBusy && onAct?.()}>
      {children}
    </button>
  )
}
