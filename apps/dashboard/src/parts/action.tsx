import type { ComponentChildren } from 'preact'

export interface ActionProps {
  /** Beside `button`: `primary`, `danger`. */
  look?: string
  type?: 'button' | 'submit'
  isBusy: boolean
  disabled?: boolean
  onAct?(): void
  children: ComponentChildren
}

/**
 * A button whose work takes a while. Meanwhile it can be pressed in vain instead of not at all, so that whoever uses the
 * keyboard keeps the place.
 */
export function Action({ look = '', type = 'button', isBusy, disabled = false, onAct, children }: ActionProps) {
  return (
    <button type={type} class={`button ${look}`} disabled={disabled} aria-disabled={isBusy} onClick={() => !isBusy && onAct?.()}>
      {children}
    </button>
  )
}
