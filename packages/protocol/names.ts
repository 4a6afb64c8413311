/**
 * A room's name, or the id of a device that is not ours: 1 to 64 characters of any script. Not allowed: what means
 * something in a topic (`/`, `+`, `#`, a leading `$`), what Mosquitto closes the connection for (control characters,
 * code points that are no characters), what cannot be written as UTF-8 or was not (halves of surrogate pairs, the
 * replacement character), line separators, and spaces at either end. Everything else is only text, marks of writing
 * direction, markup and quotes too, and is shown as such.
 */
export function isName(name: string): boolean {
  // 64 characters are at most 128 UTF-16 units: a quick way out for very long text.
  return name.length <= 128 && /^(?![$ ])[^/+#\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u2028\u2029\uFFFD]{1,64}(?<! )$/u.test(name)
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
      .replace(/[^a-z0-9-]/gu, '-')
      .slice(0, 32) || 'sensor'
  )
}
