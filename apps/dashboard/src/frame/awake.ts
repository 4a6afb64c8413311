import { computed, effect } from '@preact/signals'
import { route } from '../route.ts'
import { preference } from '../words/preference.ts'

/** Keeps the screen of a wall tablet on. */
export const awakePreference = preference('awake', ['no', 'yes'])

/** Browsers allow it on localhost and over HTTPS. */
export const canStayAwake = 'wakeLock' in navigator

/** The wall view is there to be seen all day. */
const isWanted = computed(() => awakePreference.value === 'yes' || route.value.view === 'wall')

let lock: WakeLockSentinel | null = null

async function follow(): Promise<void> {
  if (!isWanted.peek()) {
    await lock?.release()
    lock = null
  } else if (document.visibilityState === 'visible' && (lock === null || lock.released)) {
    try {
      lock = await navigator.wakeLock.request('screen')
    } catch {
      // The browser refuses, for example when the battery is low.
    }
  }
}

if (canStayAwake) {
  effect(() => {
    if (isWanted.value !== undefined) void follow()
  })
  // A hidden page loses its wake lock.
  document.addEventListener('visibilitychange', () => void follow())
}
