import { effect } from '@preact/signals'
import { preference } from '../words/preference.ts'

/** For a tablet on the wall. */
export const awakePreference = preference('awake', ['no', 'yes'])

/** Browsers allow it on this machine itself and over HTTPS. */
export const canStayAwake = 'wakeLock' in navigator

let lock: WakeLockSentinel | null = null

async function follow(): Promise<void> {
  if (awakePreference.peek() === 'no') {
    await lock?.release()
    lock = null
  } else if (document.visibilityState === 'visible' && (lock === null || lock.released)) {
    try {
      lock = await navigator.wakeLock.request('screen')
    } catch {
      // The battery is low: the device knows better.
    }
  }
}

if (canStayAwake) {
  effect(() => {
    if (awakePreference.value !== undefined) void follow()
  })
  // A page that is hidden loses it.
  document.addEventListener('visibilitychange', () => void follow())
}
