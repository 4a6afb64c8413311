import { minute } from '@hearthwatch/protocol/durations'
/** The connection to the broker. Times in ms. */
export interface BrokerLink {
  /** Start of the time in which all messages of the devices arrive live; null: not connected, or still receiving queued messages. */
  readonly listeningSince: number | null
  /** Start of the outage; null: connected. */
  readonly downSince: number | null
  /** The topics that the broker does not deliver although it accepts the connection; null: none is known. */
  readonly undelivered?: readonly string[] | null
}

/** Rule and subject of the one alert about the broker. */
export const broker = 'broker'
/** Rule and subject of the one alert that the broker does not deliver. */
export const deaf = 'deaf'

/** A shorter outage is a restart of the broker. ms */
const fireAfter = minute
/** A shorter connection does not resolve the alert. ms */
const resolveAfter = 10_000

/** One alert for the whole outage, instead of one for each device that is out of reach. */
export function judgeBroker(isFiring: boolean, link: BrokerLink, at: number): 'fire' | 'resolve' | null {
  const { downSince, undelivered = null } = link
  if (isFiring) return undelivered !== null || isStable(link, at) ? 'resolve' : null
  return downSince !== null && at - downSince >= fireAfter ? 'fire' : null
}

/** The alert of a broker that does not deliver: the session has waited long enough before it says so. */
export function judgeDeaf(isFiring: boolean, link: BrokerLink, at: number): 'fire' | 'resolve' | null {
  const { undelivered = null } = link
  if (isFiring) return undelivered === null && isStable(link, at) ? 'resolve' : null
  return undelivered === null ? null : 'fire'
}

const isStable = ({ listeningSince }: BrokerLink, at: number) => listeningSince !== null && at - listeningSince >= resolveAfter
