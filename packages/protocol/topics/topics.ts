/**
 * Topics and topic filters by the rules of MQTT 3.1.1, section 4.7
 * (http://docs.oasis-open.org/mqtt/mqtt/v3.1.1/os/mqtt-v3.1.1-os.html#_Toc398718106).
 */

const maxBytes = 65_535

/**
 * True if a message can be published on `topic`: not empty, no wildcard, at most 65,535 bytes of UTF-8. Control
 * characters and noncharacters are refused as well, because a broker may close the connection for them (section 1.5.3).
 * Mosquitto does, and a client that repeats such a message would never get another one through.
 */
export function isTopic(topic: string): boolean {
  return topic !== '' && !/[+#]/.test(topic) && isText(topic)
}

/** True for a filter: `+` and `#` stand alone on a level, and `#` only on the last one. */
export function isFilter(filter: string): boolean {
  if (filter === '' || !isText(filter)) return false
  const levels = filter.split('/')
  return levels.every((level, i) => {
    if (level === '#') return i === levels.length - 1
    return level === '+' || !/[+#]/.test(level)
  })
}

/** True for the beginning of all topics of a house, such as `site-7/`: one to three levels, each with its slash. */
export const isTopicPrefix = (text: string): boolean => /^(?:[^/]{1,64}\/){1,3}$/.test(text) && isTopic(text) && !text.startsWith('$')

/**
 * True if a message on `topic` reaches a subscriber of `filter`. `+` is exactly one level; `#` is any number of levels,
 * and the parent level too. A wildcard at the start does not match the broker's own topics, which begin with `$`.
 * An invalid filter, such as `home/#/temperature`, matches no topic.
 */
export function matches(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && !filter.startsWith('$')) return false
  const filterLevels = filter.split('/')
  const levels = topic.split('/')
  const last = filterLevels.length - 1
  for (const [i, level] of filterLevels.entries()) {
    if (level === '#') return i === last
    if (i >= levels.length || (level !== '+' && level !== levels[i])) return false
  }
  return filterLevels.length === levels.length
}

/** True for text that MQTT can carry and no broker refuses: see `isTopic`. */
export function isText(text: string): boolean {
  return text.isWellFormed() && !/[\p{Cc}\p{Noncharacter_Code_Point}]/u.test(text) && Buffer.byteLength(text) <= maxBytes
}
