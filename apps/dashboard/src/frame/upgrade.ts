import { effect } from '@preact/signals'
import { connections } from '../monitor/state.ts'

/** ms until the next try while the user is busy */
const patience = 30_000

/** True if a reload would discard user input. */
const isBusy = () => document.querySelector('dialog[open], :is(input, textarea, select):focus') !== null

/** True if the monitor serves another page than this one. */
export async function isOlderPage(): Promise<boolean> {
  const own = document.querySelector('script[type="module"][src]')?.getAttribute('src')
  if (own == null) return false
  try {
    const answer = await fetch('./', { cache: 'no-cache' })
    return answer.ok && !(await answer.text()).includes(own)
  } catch {
    return false
  }
}

/**
 * Reloads the page if the monitor serves a newer one, because a wall tablet is never reloaded by hand. Called after each
 * lost connection: an upgrade always causes one.
 */
async function follow(): Promise<void> {
  if (!(await isOlderPage())) return
  if (isBusy()) setTimeout(follow, patience)
  else location.reload()
}

effect(() => {
  if (connections.value > 1) void follow()
})
