import { useSignal } from '@preact/signals'

/** A request that the user starts: one at a time, with the error of the last one. */
export function useRequest() {
  const wrong = useSignal<unknown>(null)
  const isBusy = useSignal(false)

  /** Does nothing while the previous request is running. */
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
