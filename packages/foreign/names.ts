import { isName, spelled } from '@hearthwatch/protocol'

/** A name for a room or a device: `/`, `+` and `#` become `-`, and 64 characters are kept. @returns null if nothing is left */
export function nameOf(text: string): string | null {
  const plain = spelled(text)
    .replace(/[/+#]/g, '-')
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffd]/g, '')
    .trim()
    .replace(/^[$ ]+/, '')
  const cut = Array.from(plain).slice(0, 64).join('').trim()
  return isName(cut) ? cut : null
}

/** The room that a device is put into at first sight, and where that comes from. */
export function roomFor({ id, name, area }: { id: string; name: string; area: string | null }): {
  room: string
  from: 'suggested_area' | 'name' | 'device'
} {
  const suggested = area === null ? null : nameOf(area)
  if (suggested !== null) return { room: suggested, from: 'suggested_area' }
  const [first = '', ...more] = name.split('/')
  const level = more.length > 0 ? nameOf(first) : null
  if (level !== null) return { room: level, from: 'name' }
  return { room: nameOf(name) ?? id, from: 'device' }
}

/** Most quantities of one device; a room can show no more. */
const mostQuantities = 64

/**
 * The quantity under which a value of a device is stored: `temperature`, then `temperature_2`. It is chosen at first sight.
 * @param known by entity
 * @returns null if the device has too many
 */
export function quantityFor(known: Readonly<Record<string, string>>, entity: string, quantity: string): string | null {
  const before = Object.hasOwn(known, entity) ? known[entity] : undefined
  if (before !== undefined && before.replace(/_\d+$/, '') === quantity) return before
  const taken = new Set(Object.values(known))
  if (taken.size >= mostQuantities) return null
  if (!taken.has(quantity)) return quantity
  let number = 2
  while (taken.has(`${quantity}_${number}`)) number += 1
  return `${quantity}_${number}`
}
