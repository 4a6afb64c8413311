/** What has happened at the broker since its start. */
export interface Counts {
  /** Logins with the right password, and without. */
  accepted: number
  refused: number
  /** Connections closed before a login, for what is no MQTT or no word at all. */
  garbage: number
  /** Connections closed for a packet above the limit. */
  tooLarge: number
  /** Connections not taken because there were enough. */
  tooMany: number
  /** Messages dropped because their sender may not write there. */
  denied: number
  /** Messages not kept for later because a limit was reached. */
  full: number
}

export function noCounts(): Counts {
  return { accepted: 0, refused: 0, garbage: 0, tooLarge: 0, tooMany: 0, denied: 0, full: 0 }
}
