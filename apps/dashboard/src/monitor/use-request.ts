import { useSignal } from '@preact/signals'

/** Something that the monitor is asked to do: one at a time, and what went wrong with the last. */
export function useRequest() {
  const wrong = useSignal<unknown>(null)
  const isBusy = useSignal(false)

  /** Nothing happens while the one before is under way. */
  async function run(work: () => Promise<void>): Promise<void> {
    if (isBusy.value) return
    isBusy.value = true
    wrong.value = null
    try {
      await work()
    } catch (error) {
      wrong.value = error
    }
    isBusy.value = false
  }
  return { wrong, isBusy, run }
}
