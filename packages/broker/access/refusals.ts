import type { Log } from '@hearthwatch/log'
import { minute } from '@hearthwatch/protocol/durations'

/** Lines about refused logins in a minute: of one address, and of all. */
const linesPerAddress = 5
const linesPerMinute = 50

/** Logs refused logins. A client that guesses passwords sends hundreds a second, and must not fill the log. */
export function logRefusals(log: Log): (user: string, address: string) => void {
  const lines = new Map<string, number>()
  let begun = performance.now()
  let logged = 0
  let omitted = 0

  return (user, address) => {
    if (performance.now() - begun >= minute) {
      if (omitted > 0) log.warn('more logins refused', { count: omitted })
      lines.clear()
      begun = performance.now()
      logged = 0
      omitted = 0
    }
    const count = lines.get(address) ?? 0
    if (count >= linesPerAddress || logged >= linesPerMinute) {
      omitted++
      return
    }
    lines.set(address, count + 1)
    logged++
    const isLast = count + 1 === linesPerAddress
    log.warn(isLast ? 'login refused; more of this address are only counted for a minute' : 'login refused', { user, address })
  }
}
