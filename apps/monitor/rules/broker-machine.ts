/** Whether we can hear the house. Times in ms. */
export interface BrokerLink {
  /** Since when we can hear the devices; null: we cannot, or what comes may be old. */
  readonly listeningSince: number | null
  /** Since when there has been no link to the broker; null: there is one. */
  readonly downSince: number | null
}

/** Rule and subject of the one alert that there is for our own link. */
export const broker = 'broker'

/** A broker that is restarted is back within this time. ms */
const patience = 60_000
/** A link that does not last is none. ms */
const proof = 10_000

/** The alert for the broker being away: one, instead of one for each device that cannot be heard. */
export function judgeBroker(isOpen: boolean, { listeningSince, downSince }: BrokerLink, at: number): 'fire' | 'resolve' | null {
  if (isOpen) return listeningSince !== null && at - listeningSince >= proof ? 'resolve' : null
  return downSince !== null && at - downSince >= patience ? 'fire' : null
}
