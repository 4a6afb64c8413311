import { checkSize, PayloadError } from '../fault.ts'

const maxCharacters = 500
/** Longer sentences are cut before they are read. */
const maxBytes = 4 * maxCharacters + 1000

/**
 * Reads a sentence for people: one line of UTF-8, at most 500 characters. Control characters and line ends become
 * spaces. Marks of writing direction stay, because they are part of the text.
 * @throws PayloadError if no text is left
 */
export function readSentence(payload: Buffer): string {
  checkSize(payload)
  let text: string
  try {
    // Four bytes are the most of one character; a character that is cut is not checked.
    text = new TextDecoder('utf-8', { fatal: true }).decode(payload.subarray(0, maxBytes), { stream: payload.length > maxBytes })
  } catch {
    throw new PayloadError('bad-text', 'not UTF-8')
  }
  const line = text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
  if (line === '') throw new PayloadError('empty', 'no text')
  return [...line].slice(0, maxCharacters).join('').trimEnd()
}
