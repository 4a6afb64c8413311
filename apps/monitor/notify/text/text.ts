/**
 * Text from MQTT (names of rooms and devices, texts of sensors) within our sentences. Two marks isolate its writing
 * direction; `plainly` and `html` translate the marks.
 */
const [open, close] = ['\u2068', '\u2069']
const isolated = new RegExp(`${open}([^${open}${close}]*)${close}`, 'gu')
/** Right-to-left letters, and control characters of the writing direction. */
const rightToLeft = /[\u0590-\u08FF\u200E\u200F\u202A-\u202E\uFB1D-\uFDFF\uFE70-\uFEFF\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u

/** A text from MQTT on one line, cut to `most` characters. */
export function foreign(text: string, most = 100): string {
  const line = text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u2066-\u2069\u202A-\u202E]/gu, '')
  const characters = [...line]
  if (characters.length <= most) return `${open}${line}${close}`
  // Cut between two words if possible.
  const cut = characters
    .slice(0, most)
    .join('')
    .trimEnd()
    .replace(/\s\S{0,15}$/u, '')
  return `${open}${cut}…${close}`
}

/** For subjects and plain text: keeps the marks only around right-to-left text. */
export function plainly(text: string): string {
  return text.replace(isolated, (marked, inside: string) => (rightToLeft.test(inside) ? marked : inside))
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Escapes for HTML text or a quoted attribute; marks become `<bdi>`. */
export function html(text: string): string {
  return text.replace(/[&<>"']/g, (c) => entities[c] ?? '').replace(isolated, '<bdi>$1</bdi>')
}
