import { signal } from '@preact/signals'
import { now } from './ask.ts'

/** The monitor's time in ms, updated every second. A component that reads it is redrawn every second. */
export const second = signal(now())

setInterval(() => {
  if (document.visibilityState === 'visible') second.value = now()
}, 1000)
document.addEventListener('visibilitychange', () => {
  second.value = now()
})
