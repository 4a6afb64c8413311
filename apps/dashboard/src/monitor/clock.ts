import { signal } from '@preact/signals'
import { now } from './ask.ts'

/** The monitor's time, ms, a second apart: what reads it grows older by itself. */
export const second = signal(now())

setInterval(() => {
  if (document.visibilityState === 'visible') second.value = now()
}, 1000)
document.addEventListener('visibilitychange', () => {
  second.value = now()
})
