import { second } from '@hearthwatch/protocol/durations'

/** s between two beats that the page asks for */
export const beatEvery = 4
/** Silence after which the connection counts as dead, ms: two beats are missing. With the banner's delay it is noticed within 15 s. */
const patience = 10 * second

/**
 * Watches the event stream: a frozen monitor or a dead Wi-Fi closes no connection.
 * @param onSilence called once
 */
export function watchBeats(onSilence: () => void) {
  let timer = setTimeout(onSilence, patience)
  return {
    /** Something has arrived. */
    heard(): void {
      clearTimeout(timer)
      timer = setTimeout(onSilence, patience)
    },
    stop: () => clearTimeout(timer),
  }
}
