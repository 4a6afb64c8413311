import type { Message } from './channel.ts'

const signature = /(?:^|\n)-- \n[\s\S]*$/u

/** A text as services take it: whole characters, no control characters but line ends. */
export function tidy(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/(?!\n)\p{Cc}/gu, ' ')
    .trim()
}

/**
 * At most `most` by the service's own way of counting, by default in UTF-16 units; where it was cut, that shows.
 * Characters that belong together stay together, however many code points they are made of.
 */
export function fit(text: string, most: number, sizeOf: (text: string) => number = ({ length }) => length): string {
  if (sizeOf(text) <= most) return text
  let left = most - sizeOf('…')
  let kept = ''
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    left -= sizeOf(segment)
    if (left < 0) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}

export function bytes(text: string): number {
  return Buffer.byteLength(text)
}

/**
 * The message for a chat: without the signature of a mail, and without the lines that say its addresses, for which each
 * service has a way of its own.
 */
export function chatText({ text, link, acknowledge }: Message): string {
  const addresses = [link, acknowledge].filter((address) => address !== null)
  return tidy(text.replace(signature, ''))
    .split('\n')
    .filter((line) => !addresses.some((address) => line.endsWith(address)))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

/** The same for where the subject is shown above it: without a first line that says it again. */
export function belowSubject(message: Message): string {
  const text = chatText(message)
  const [first = ''] = text.split('\n', 1)
  const rest = text.slice(first.length).trim()
  return rest !== '' && tidy(message.subject).startsWith(first) ? rest : text
}
