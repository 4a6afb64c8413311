/**
 * Topics and topic filters by the rules of MQTT 3.1.1, section 4.7
 * (http://docs.oasis-open.org/mqtt/mqtt/v3.1.1/os/mqtt-v3.1.1-os.html#_Toc398718106).
 */

const maxBytes = 65_535

/** Whether a message can be published on it: not empty, no wildcard, no NUL, at most 65,535 bytes of UTF-8. */
export function isTopic(topic: string): boolean {
  return topic !== '' && !/[+#\0]/.test(topic) && isUtf8(topic)
}

/** Whether it can be subscribed to: `+` and `#` stand alone on a level, and `#` only on the last one. */
export function isFilter(filter: string): boolean {
  if (filter === '' || filter.includes('\0') || !isUtf8(filter)) return false
  const levels = filter.split('/')
  return levels.every((level, i) => {
    if (level === '#') return i === levels.length - 1
    return level === '+' || !/[+#]/.test(level)
  })
}

/**
 * Whether a message on `topic` reaches a subscriber of `filter`. `+` is exactly one level, `#` is any number of them
 * and the parent too; a wildcard at the start does not match what begins with `$` (the broker's own topics).
 */
export function matches(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && !filter.startsWith('$')) return false
  const wanted = filter.split('/')
  const levels = topic.split('/')
  for (const [i, level] of wanted.entries()) {
    if (level === '#') return true
    if (i >= levels.length || (level !== '+' && level !== levels[i])) return false
  }
  return wanted.length === levels.length
}

function isUtf8(text: string): boolean {
  return text.isWellFormed() && Buffer.byteLength(text) <= maxBytes
}
