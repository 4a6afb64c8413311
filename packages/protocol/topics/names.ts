/**
 * True for a room's name, or for the id of a device that is not ours: 1 to 64 characters of any script.
 * Characters with a meaning in a topic are not allowed: `/`, `+`, `#`, a leading `$`. Neither are control characters and
 * noncharacters, for which Mosquitto closes the connection, and halves of surrogate pairs and the replacement character.
 * Line separators and spaces at either end are not allowed. All other characters are plain text, including markup, quotes and marks of writing direction.
 */
export function isName(name: string): boolean {
  // 64 characters are at most 128 UTF-16 units, so very long text is refused without the regular expression.
  return name.length <= 128 && /^(?![$ ])[^/+#\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u2028\u2029\uFFFD]{1,64}(?<! )$/u.test(name)
}

/**
 * A name in its one spelling, Unicode's NFC. A Mac writes ü as u and an accent: for a broker that is another topic, for
 * people it is the same room.
 */
export const spelled = (name: string): string => name.normalize('NFC')

/** True for the id of a device of ours, which is also its user name and client id at the broker: `[a-z0-9-]{1,32}`. */
export function isDeviceId(id: string): boolean {
  return /^[a-z0-9-]{1,32}$/.test(id)
}

/** Makes a device id from any text, such as a host name: lower case, with `-` for each character that is not allowed. */
export function toDeviceId(text: string): string {
  return (
    text
      .toLowerCase()
      .replace(/[^a-z0-9-]/gu, '-')
      .slice(0, 32) || 'sensor'
  )
}
