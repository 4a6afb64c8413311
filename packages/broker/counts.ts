/** Events at the broker since its start. */
export interface Counts {
  /** Logins with a correct password. */
  accepted: number
  /** Logins with a wrong or missing password. */
  refused: number
  /** Connections closed before a login, for invalid MQTT or silence. */
  garbage: number
  /** Connections closed for a packet above the limit. */
  tooLarge: number
  /** Connections refused because the limit was reached. */
  tooMany: number
  /** Messages dropped because their sender may not publish on the topic. */
  denied: number
  /** Messages neither queued nor retained because a limit was reached. */
  full: number
}

export function noCounts(): Counts {
  return { accepted: 0, refused: 0, garbage: 0, tooLarge: 0, tooMany: 0, denied: 0, full: 0 }
}
