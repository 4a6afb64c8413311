import { checkSize, PayloadError } from './fault.ts'

const maxCharacters = 500
const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * A sentence for people, on one line: valid UTF-8, control characters and line ends as spaces, the first 500
 * characters of it. Marks of writing direction stay: they are part of the text.
 * @throws PayloadError where nothing readable is left.
 */
export function readSentence(payload: Buffer): string {
  checkSize(payload)
  let text: string
  try {
    text = utf8.decode(payload)
  } catch {
    throw new PayloadError('bad-text', 'not UTF-8')
  }
  const line = text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
  if (line === '') throw new PayloadError('empty', 'no text')
  return [...line].slice(0, maxCharacters).join('').trimEnd()
}
