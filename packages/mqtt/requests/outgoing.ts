import { isFilter, isTopic } from '@hearthwatch/protocol'
import { wordsOf } from '../failures/reason-codes.ts'

/**
 * Rejects a message that the broker would answer by closing the connection, at each retry.
 * @param most size of the whole packet in bytes
 * @throws RangeError for an invalid topic, and for a packet that is too large
 */
export function checkMessage(topic: string, payload: string | Buffer, most: number): void {
  if (!isTopic(topic)) throw new RangeError(`not a topic: ${JSON.stringify(topic.slice(0, 100))}`)
  // Packet type and remaining length take up to 5 bytes, the topic's length 2, the packet identifier 2.
  const bytes = 9 + Buffer.byteLength(topic) + Buffer.byteLength(payload)
  if (bytes > most) throw new RangeError(`a message of ${bytes} bytes on ${topic.slice(0, 100)} is over the limit of ${most}`)
}

/** @throws RangeError for an invalid filter, and for an empty list */
export function checkFilters(filters: readonly string[]): void {
  if (filters.length === 0) throw new RangeError('no topic filter')
  const wrong = filters.filter((filter) => !isFilter(filter))
  if (wrong.length > 0) throw new RangeError(`not a topic filter: ${wrong.map((filter) => JSON.stringify(filter)).join(', ')}`)
}

/** Filters that the SUBACK refuses, with the reason in MQTT 5 (section 3.9.3). In MQTT 3.1.1 the code is always 128, failure. */
export function refusedFilters(filters: readonly string[], granted: readonly unknown[]): string[] {
  return filters.flatMap((filter, i) => {
    const code = Number(granted[i])
    return code < 128 || Number.isNaN(code) ? [] : code === 128 ? [filter] : [`${filter} (${wordsOf(code).en})`]
  })
}
