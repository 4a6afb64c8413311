/**
 * The topic or filter as the broker knows it: several houses share a broker by a prefix such as `site-7/`. The broker's own
 * topics, which begin with `$`, have none.
 */
export const withPrefix = (prefix: string, topic: string): string => (topic.startsWith('$') ? topic : prefix + topic)

/** The topic of a received message without the prefix; null: it belongs to another house. */
export function withoutPrefix(prefix: string, topic: string): string | null {
  if (topic.startsWith('$')) return topic
  return topic.startsWith(prefix) ? topic.slice(prefix.length) : null
}
