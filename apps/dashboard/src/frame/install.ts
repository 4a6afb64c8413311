import { signal } from '@preact/signals'

interface InstallEvent extends Event {
  prompt(): Promise<unknown>
}

/** The browser's offer to install the page; null: no offer. */
export const installOffer = signal<InstallEvent | null>(null)

window.addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault()
  installOffer.value = event as InstallEvent
})
window.addEventListener('appinstalled', () => {
  installOffer.value = null
})
