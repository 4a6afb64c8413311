import type { Judge } from '../alerts/judge.ts'
import type { MqttSession } from '../intake/mqtt-session.ts'
import type { Item } from './apply-message.ts'

/** How often the silence of devices is looked at. ms */
const every = 1000

/** Has the passing of time judged: once a second, and kept only where it changes something. */
export function startTicker(session: MqttSession, judge: Judge, now: () => number, keep: (item: Item) => void): { close(): void } {
  let last = now()
  let deaf: number | null = last
  const timer = setInterval(() => {
    const at = now()
    // The clock has jumped, or this process has slept: whoever seems silent has had no chance to be heard.
    if (Math.abs(at - last - every) > 10 * every) {
      session.watchAnew()
      deaf = null
    }
    last = at
    deaf = session.watching === null ? (deaf ?? at) : null
    const hearing = { watching: session.isCatchingUp ? null : session.watching, deaf }
    if (judge.isTickDue(at, hearing)) keep({ kind: 'tick', at, hearing })
  }, every)
  return { close: () => clearInterval(timer) }
}
