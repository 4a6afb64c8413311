import { second } from '@hearthwatch/protocol/durations'
import type { MqttSession } from '../intake/mqtt-session.ts'
import type { BrokerLink } from '../rules/broker-machine.ts'

const interval = second

/** The passing of time, as an item to commit. */
export interface Tick {
  kind: 'tick'
  at: number
  link: BrokerLink
}

/**
 * Judges the passing of time once a second: silence can raise an alert, too.
 * @param onTick commits a tick where it changes something
 */
export function startTicker(session: MqttSession, now: () => number, onTick: (tick: Tick) => void): { close(): void } {
  let last = now()
  let downSince: number | null = last
  const timer = setInterval(() => {
    const at = now()
    // The clock has jumped, or this process has slept: silent devices had no chance to be heard.
    if (Math.abs(at - last - interval) > 10 * interval) {
      session.listenAnew()
      downSince = null
    }
    last = at
    downSince = session.isConnected ? null : (downSince ?? at)
    const listeningSince = session.isCatchingUp ? null : session.listeningSince
    onTick({ kind: 'tick', at, link: { listeningSince, downSince, undelivered: session.deafness?.missing ?? null } })
  }, interval)
  return { close: () => clearInterval(timer) }
}
