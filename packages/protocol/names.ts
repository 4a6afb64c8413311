/**
 * A room's name, or the id of a device that is not ours: 1 to 64 characters of any script. Not allowed: what means
 * something in a topic (`/`, `+`, `#`, a leading `$`), control characters, halves of surrogate pairs, and spaces at
 * either end. Everything else is only text, and is shown as such.
 */
export function isName(name: string): boolean {
  return name.length <= 128 && /^(?![$ ])[^/+#\p{Cc}\p{Cs}\u2028\u2029\uFFFD]{1,64}(?<! )$/u.test(name)
}

/** The id of a device of ours, which is also its user name and client id at the broker: `[a-z0-9-]{1,32}`. */
export function isDeviceId(id: string): boolean {
  return /^[a-z0-9-]{1,32}$/.test(id)
}

/** A device id made from any text, such as a host's name: lower case, what is not allowed becomes `-`. */
export function toDeviceId(text: string): string {
  return (
    text
      .toLowerCase()
      .replace(/[^a-z0-9-]/g, '-')
      .slice(0, 32) || 'sensor'
  )
}
