import { minute } from '@hearthwatch/protocol/durations'
import { computed, signal } from '@preact/signals'
import { now } from './ask.ts'

/** The monitor's time in ms, updated every second. A component that reads it is redrawn every second. */
export const second = signal(now())

/** The start of the current minute, ms: for what need not be redrawn every second. */
export const thisMinute = computed(() => Math.floor(second.value / minute) * minute)

setInterval(() => {
  if (document.visibilityState === 'visible') second.value = now()
}, 1000)
document.addEventListener('visibilitychange', () => {
  second.value = now()
})
