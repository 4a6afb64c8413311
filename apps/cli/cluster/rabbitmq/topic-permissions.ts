import { SetupError } from '../../setup-request.ts'

/**
 * A regular expression that matches the routing keys of these filters.
 *
 * RabbitMQ writes `.` for each `/` of a topic and `*` for each `+` of a filter. It checks publishes by the topic, and
 * subscriptions by their filter: `+` here thus matches the `*` of a subscription, and never its `#`.
 * @throws SetupError for a topic with `.` or `*` of its own, which RabbitMQ would deliver as another topic, or not at all
 */
export function routingKeys(filters: readonly string[]): string {
  // An empty permission would also match nothing; a missing one matches everything.
  if (filters.length === 0) return '^$'
  return `^(?:${filters.map(routingKey).join('|')})$`
}

function routingKey(filter: string): string {
  if (/[.*]/.test(filter))
    throw new SetupError(`RabbitMQ takes a "." for a "/" and a "*" for a "+": it cannot deliver ${filter}. Rename the room or topic.`)
  // A wildcard on the first level does not match topics of the broker itself.
  const start = /^[+#]/.test(filter) ? '(?!\\$)' : ''
  if (filter === '#') return `${start}.*`
  const isOpen = filter.endsWith('/#')
  const levels = (isOpen ? filter.slice(0, -2) : filter).split('/')
  const key = levels.map((level) => (level === '+' ? '[^.#]*' : level.replace(/[\\^$|?()[\]{}+]/g, '\\$&'))).join('\\.')
  return `${start}${key}${isOpen ? '(?:\\..*)?' : ''}`
}
