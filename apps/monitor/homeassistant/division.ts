import { createHash } from 'node:crypto'
import type { Announced } from './announcement.ts'

/** Bytes of an announcement. The link and many brokers take packets of 64 KB. */
const largest = 60_000
const part = /\/hearthwatch-[0-9a-f]_(?=[^/]+\/config$)/

/** The topics of the whole announcements that have parts among these topics. */
export const dividedIn = (topics: Iterable<string>): ReadonlySet<string> =>
  new Set(Array.from(topics).flatMap((topic) => (part.test(topic) ? topic.replace(part, '/hearthwatch_') : [])))

/**
 * Divides an announcement that is too large into at most sixteen of the same device. The key of a component alone chooses its part, so
 * that a new room moves no other one. For the same reason, what was divided once stays divided.
 */
export function divide(announced: Announced, isDivided: boolean): Announced[] {
  if (!isDivided && Buffer.byteLength(JSON.stringify(announced.payload)) <= largest) return [announced]
  const { slug, payload } = announced
  const parts = Map.groupBy(Object.entries(payload.cmps), ([key]) => createHash('sha256').update(key).digest('hex').charAt(0))
  return [...parts].map(([digit, components]) => ({
    slug: slug.replace('hearthwatch_', `hearthwatch-${digit}_`),
    payload: { ...payload, cmps: Object.fromEntries(components) },
  }))
}
