import type { MqttSession } from '../intake/mqtt-session.ts'
import type { Patient } from './check.ts'

/** The connection of the running monitor. Its session would keep each further subscription, so it tries no refusals. */
export function liveHouse(
  session: MqttSession,
  problems: () => readonly { device: string; message: string }[],
): Pick<Patient, 'live' | 'liveProblem' | 'isRefused'> {
  if (!session.isConnected) return { live: null, liveProblem: session.link.why, isRefused: true }
  return {
    live: {
      undelivered: session.probe,
      retained: async () => [...session.retainedTopics],
      mayDoAll: async () => null,
      figures: async () => null,
      problems,
      close: async () => {},
    },
    liveProblem: '',
    isRefused: false,
  }
}
