import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import type { SilenceDialogProps } from '../views/alerts/silence-dialog.tsx'

/** Subject of the open silence dialog; null: no dialog. A room or rule that is null means all. */
export const silencing = signal<{ room: string | null; rule: string | null } | null>(null)

const dialog = signal<ComponentType<SilenceDialogProps> | null>(null)

/** The dialog for a new silence, which any view opens. It is loaded on demand. */
export function Silencing() {
  const { value: wanted } = silencing
  useEffect(() => {
    if (wanted !== null && dialog.value === null)
      import('../views/alerts/silence-dialog.tsx').then(
        (loaded) => (dialog.value = loaded.default),
        () => (silencing.value = null),
      )
  }, [wanted])
  const Dialog = dialog.value
  if (wanted === null || Dialog === null) return null
  return <Dialog wanted={wanted} onClose={() => (silencing.value = null)} />
}
