/** Events at the broker since its start. */
export interface Counts {
  /** Logins with a correct password. */
  accepted: number
  /** Logins with a wrong or missing password. */
  refused: number
  /** Connections closed before a login, for invalid MQTT or silence. */
  garbage: number
  /** Connections refused because they speak MQTT 5, without those of clients that then logged in by MQTT 3.1.1. */
  mqtt5: number
  /** Connections closed for a packet above the limit. */
  tooLarge: number
  /** Connections closed because of the limit of all, or of those of an address that have not logged in. */
  tooMany: number
  /** Messages dropped because their sender may not publish on the topic. */
  denied: number
  /** Messages for absent clients that were dropped because a queue is full. */
  full: number
  /** Messages that were delivered but not retained, because a quota or the limit is reached. */
  notRetained: number
  /** Topic filters refused because a client has too many. */
  filtersRefused: number
}

export function noCounts(): Counts {
  return { accepted: 0, refused: 0, garbage: 0, mqtt5: 0, tooLarge: 0, tooMany: 0, denied: 0, full: 0, notRetained: 0, filtersRefused: 0 }
}
