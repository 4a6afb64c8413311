import type { Message } from './channel.ts'

const signature = /(?:^|\n)-- \n[\s\S]*$/u

/** A text that every service accepts: well-formed, without control characters except line ends. */
export function tidy(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/(?!\n)\p{Cc}/gu, ' ')
    .trim()
}

/**
 * Cuts a text to `most` units, by default UTF-16 units, and appends an ellipsis if it was cut. Characters of several code
 * points are not split.
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
 * The text of a chat message, without the mail's signature and the lines with links. Each service shows links in its own
 * way.
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

/** The same for services that show the subject: without a first line that repeats it. */
export function belowSubject(message: Message): string {
  const text = chatText(message)
  const [first = ''] = text.split('\n', 1)
  const rest = text.slice(first.length).trim()
  return rest !== '' && tidy(message.subject).startsWith(first) ? rest : text
}
