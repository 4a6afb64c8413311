import { minute } from '@hearthwatch/protocol/durations'
/** The connection to the broker. Times in ms. */
export interface BrokerLink {
  /** Start of the time in which all messages of the devices arrive live; null: not connected, or still receiving queued messages. */
  readonly listeningSince: number | null
  /** Start of the outage; null: connected. */
  readonly downSince: number | null
}

/** Rule and subject of the one alert about the broker. */
export const broker = 'broker'

/** A shorter outage is a restart of the broker. ms */
const fireAfter = minute
/** A shorter connection does not resolve the alert. ms */
const resolveAfter = 10_000

/** One alert for the whole outage, instead of one for each device that is out of reach. */
export function judgeBroker(isFiring: boolean, { listeningSince, downSince }: BrokerLink, at: number): 'fire' | 'resolve' | null {
  if (isFiring) return listeningSince !== null && at - listeningSince >= resolveAfter ? 'resolve' : null
  return downSince !== null && at - downSince >= fireAfter ? 'fire' : null
}
