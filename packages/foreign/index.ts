import { matches } from '@hearthwatch/protocol'
import { payloadOf } from '@hearthwatch/template'
import type { Followed } from './follow-setting.ts'
import { createHouse } from './house.ts'
import type { Effect, NotUnderstood } from './message.ts'

export { kinds } from './adapters/registry.ts'
export { defaultFollow, type Followed, parseFollow } from './follow-setting.ts'
export type { Effect, Facts, ForeignStatus, NotUnderstood } from './message.ts'
export { nameOf, quantityFor, roomFor } from './names.ts'

export interface Foreign {
  /** The topic filters to subscribe to at QoS 0: those of the adapters, and of announced devices. */
  filters(): string[]
  /** Changes whenever `filters` does. */
  readonly version: number
  /** True if a message on this topic is for `take`. */
  wants(topic: string): boolean
  /**
   * @param retained the broker had kept it: it fills tiles and is no sign of life
   * @param at time of arrival, ms
   * @returns its effects, in order
   */
  take(topic: string, payload: Buffer, retained: boolean, at: number): Effect[]
  /** Announced entities that are not followed, with the reason. */
  notUnderstood(): NotUnderstood[]
}

/** Follows the devices of others: turns their announcements and messages into devices and readings. Pure: no clock, no broker. */
export function createForeign(followed: readonly Followed[]): Foreign {
  const engine = createHouse()
  const adapters = followed.map(({ kind, prefix }) => kind.create(prefix, engine.house))
  const fixed = adapters.flatMap((adapter) => adapter.filters.map((filter) => ({ adapter, filter })))
  const adaptersOf = (topic: string) => [...new Set(fixed.flatMap(({ adapter, filter }) => (matches(filter, topic) ? [adapter] : [])))]

  return {
    filters: () => [...new Set([...fixed.map(({ filter }) => filter), ...engine.filters()])],
    get version() {
      return engine.version
    },
    wants: (topic) => engine.isFollowed(topic) || adaptersOf(topic).length > 0,
    take: (topic, payload, retained, at) =>
      engine.take({ topic, payload: payloadOf(payload.toString()), bytes: payload.length, retained, at }, adaptersOf(topic)),
    notUnderstood: engine.notUnderstood,
  }
}
