import type { Shown } from '../../../../monitor/wire-packet.ts'

/** The first of it on one line. */
export function preview({ payload, encoding }: Pick<Shown, 'payload' | 'encoding'>): string {
  const text = encoding === 'hex' ? inPairs(payload.slice(0, 80)) : payload
  return text.slice(0, 200).replace(/\s+/g, ' ')
}

/** All of it that there is, in a form that can be read. */
export function inFull({ payload, encoding, cut }: Pick<Shown, 'payload' | 'encoding' | 'cut'>): string {
  if (encoding === 'hex') return inPairs(payload)
  if (cut || !/^\s*[[{]/.test(payload)) return payload
  try {
    return JSON.stringify(JSON.parse(payload), null, 2)
  } catch {
    return payload
  }
}

const inPairs = (hex: string) => hex.replace(/..(?=.)/g, '$& ')
