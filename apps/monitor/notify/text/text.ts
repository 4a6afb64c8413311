/**
 * Text from strangers (names of rooms and devices, what sensors say) inside of our sentences. It stands between two
 * marks, so that no writing direction leaks out of it; `plainly` and `html` make of the marks what suits them.
 */
const [open, close] = ['\u2068', '\u2069']
const isolated = new RegExp(`${open}([^${open}${close}]*)${close}`, 'gu')
/** Letters written from right to left, and the marks that turn text around. */
const rightToLeft = /[\u0590-\u08FF\u200E\u200F\u202A-\u202E\uFB1D-\uFDFF\uFE70-\uFEFF\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u

/** A stranger's text, on one line, at most `most` characters of it. */
export function foreign(text: string, most = 100): string {
  const line = text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u2066-\u2069\u202A-\u202E]/gu, '')
  const characters = [...line]
  if (characters.length <= most) return `${open}${line}${close}`
  // Between two words, where there are some.
  const cut = characters
    .slice(0, most)
    .join('')
    .trimEnd()
    .replace(/\s\S{0,15}$/u, '')
  return `${open}${cut}…${close}`
}

/** For subjects and plain text: marks stay only where they change something. */
export function plainly(text: string): string {
  return text.replace(isolated, (marked, inside: string) => (rightToLeft.test(inside) ? marked : inside))
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** For HTML, as text or as a quoted attribute without marks. */
export function html(text: string): string {
  return text.replace(/[&<>"']/g, (c) => entities[c] ?? '').replace(isolated, '<bdi>$1</bdi>')
}
