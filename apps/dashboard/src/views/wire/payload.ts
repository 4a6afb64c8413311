import type { ShownPayload } from '@hearthwatch/api/packets'

/** The beginning of a payload on one line. */
export function preview({ payload, encoding }: Pick<ShownPayload, 'payload' | 'encoding'>): string {
  const text = encoding === 'hex' ? inPairs(payload.slice(0, 80)) : payload
  return text.slice(0, 200).replace(/\s+/g, ' ')
}

/** A payload in readable form. */
export function inFull({ payload, encoding, cut }: Pick<ShownPayload, 'payload' | 'encoding' | 'cut'>): string {
  if (encoding === 'hex') return inPairs(payload)
  if (cut || !/^\s*[[{]/.test(payload)) return payload
  try {
    return pretty(JSON.parse(payload), '')
  } catch {
    return payload
  }
}

const inPairs = (hex: string) => hex.replace(/..(?=.)/g, '$& ')

/** Indented JSON in which a value that fits on one line stays there, such as a row of a batch. */
function pretty(value: unknown, indent: string): string {
  const short = JSON.stringify(value)
  if (typeof value !== 'object' || value === null || short.length + indent.length <= 60) return short
  const deeper = `${indent}  `
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  const parts = Array.isArray(value)
    ? value.map((item) => pretty(item, deeper))
    : Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${pretty(item, deeper)}`)
  return `${open}\n${parts.map((part) => deeper + part).join(',\n')}\n${indent}${close}`
}
