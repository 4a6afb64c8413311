import type { Problem } from '@hearthwatch/api/devices'
import type { Language } from '@hearthwatch/settings'
import type { MqttSession } from '../intake/mqtt-session.ts'
import type { DiskGrowth } from '../rules/disk-machine.ts'
import type { ForwardingState, NewerClients, Patient, Takeovers } from './check.ts'

export interface Seen {
  problems(): readonly { device: string; problem: Problem }[]
  growth: DiskGrowth | null
  newer: NewerClients | null
  forwarding: ForwardingState | null
  /** Those that the embedded broker has seen. */
  takeovers: Takeovers | null
}

/** Fewer are a network that fails, unless the broker has told it. */
const fewestTakeovers = 3

/** The knowledge of the running monitor. Its session would keep each further subscription, so it tries no refusals. */
export function liveHouse(
  session: MqttSession,
  { problems, takeovers: seen, ...others }: Seen,
  language: Language,
): Pick<Patient, 'live' | 'liveProblem' | 'isRefused' | 'takeovers' | 'growth' | 'newer' | 'forwarding'> {
  const { losses, state } = session.link
  const takeovers = seen ?? (losses < fewestTakeovers && state !== 'taken' ? null : { count: losses, addresses: [] })
  if (!session.isConnected) return { live: null, liveProblem: session.link.reason[language], isRefused: true, takeovers, ...others }
  return {
    live: {
      undelivered: session.probe,
      retained: async () => [...session.retainedTopics],
      mayDoAll: async () => null,
      figures: async () => null,
      problems,
      close: async () => {},
    },
    ...{ liveProblem: '', isRefused: false, takeovers, ...others },
  }
}
