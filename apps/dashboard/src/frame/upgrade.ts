import { effect } from '@preact/signals'
import { fresh } from '../monitor/state.ts'

/** ms until it is tried again, where somebody is in the middle of something */
const patience = 30_000

/** Whether somebody would lose what he is doing. */
const isBusy = () => document.querySelector('dialog[open], :is(input, textarea, select):focus') !== null

/**
 * After an upgrade the monitor serves another page than this one, which may hang on a wall for years: it takes its own
 * place. Looked for after each pause of the line, which an upgrade always is.
 */
async function follow(): Promise<void> {
  const own = document.querySelector('script[type="module"][src]')?.getAttribute('src')
  if (own == null) return
  try {
    const answer = await fetch('./', { cache: 'no-cache' })
    if (!answer.ok || (await answer.text()).includes(own)) return
  } catch {
    return
  }
  if (isBusy()) setTimeout(follow, patience)
  else location.reload()
}

effect(() => {
  if (fresh.value > 1) void follow()
})
