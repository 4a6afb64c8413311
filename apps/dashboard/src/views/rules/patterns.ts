/** Splits `bed*, attic` into its patterns. */
export const patternsOf = (rooms: string): string[] =>
  rooms
    .split(',')
    .map((pattern) => pattern.trim())
    .filter(Boolean)

/** The pattern of a room. A comma separates rooms, so it becomes a wildcard. */
export const patternOf = (room: string): string => room.replaceAll(',', '*')
