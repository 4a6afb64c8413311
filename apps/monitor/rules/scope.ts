import type { Rule } from '@hearthwatch/api/rule'
import { baseQuantity } from '@hearthwatch/protocol'

/** A series, or a device (without a quantity). */
export interface Subject {
  room: string | null
  quantity?: string | null
}

/**
 * Returns a test of the subjects that this rule applies to, by room and quantity. `temperature` includes `temperature_2`,
 * the second probe of a room; `temperature_2` means that probe alone.
 */
export function scopeOf({ rooms, quantity }: Pick<Rule, 'rooms' | 'quantity'>): (subject: Subject) => boolean {
  const isHere = roomPattern(rooms)
  return (subject) => {
    if (!isHere(subject.room ?? '')) return false
    if (quantity === undefined || subject.quantity === undefined || subject.quantity === null) return true
    return subject.quantity === quantity || baseQuantity(subject.quantity) === quantity
  }
}

/**
 * Names separated by commas, `*` for any run of characters, small and capital letters alike. Other separators of people
 * (`;`, `、`) are tried as well, since a name may also contain them. It is not a regular
 * expression, because one with hundreds of stars would backtrack for years.
 */
export function roomPattern(rooms: string): (room: string) => boolean {
  const lists = rooms.split(',').flatMap((name) => [name, ...name.split(/[;，、；]/)])
  const patterns = lists.map((pattern) => plain(pattern.trim()).split('*'))
  return (room) => {
    const name = plain(room)
    return patterns.some((parts) => fits(parts, name))
  }
}

const plain = (text: string) => text.normalize('NFC').toLowerCase()

function fits([first = '', ...rest]: readonly string[], name: string): boolean {
  const last = rest.pop()
  if (last === undefined) return name === first
  if (!name.startsWith(first) || !name.endsWith(last)) return false
  let at = first.length
  for (const part of rest) {
    const found = name.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return at <= name.length - last.length
}
