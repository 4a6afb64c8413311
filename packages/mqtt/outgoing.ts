import { isFilter, isTopic } from '@hearthwatch/protocol'

/**
 * A message that the broker cannot take would close the connection, each time that it is sent again.
 * @param most bytes of the whole packet
 * @throws RangeError for a topic that is none, and for a packet that is too large
 */
export function checkMessage(topic: string, payload: string | Buffer, most: number): void {
  if (!isTopic(topic)) throw new RangeError(`not a topic: ${JSON.stringify(topic.slice(0, 100))}`)
  // Type and length take up to 5 bytes, the length of the topic 2, the packet identifier 2.
  const bytes = 9 + Buffer.byteLength(topic) + Buffer.byteLength(payload)
  if (bytes > most) throw new RangeError(`a message of ${bytes} bytes on ${topic.slice(0, 100)} is over the limit of ${most}`)
}

/** @throws RangeError where one of them is no topic filter, or where there is none */
export function checkFilters(filters: readonly string[]): void {
  if (filters.length === 0) throw new RangeError('no topic filter')
  const wrong = filters.filter((filter) => !isFilter(filter))
  if (wrong.length > 0) throw new RangeError(`not a topic filter: ${wrong.map((filter) => JSON.stringify(filter)).join(', ')}`)
}

/** The filters at whose place the broker's SUBACK says 128, which is no (MQTT 3.1.1, section 3.9.3). */
export function refusedFilters(filters: readonly string[], granted: readonly unknown[]): string[] {
  return filters.filter((_, i) => Number(granted[i]) >= 128)
}
