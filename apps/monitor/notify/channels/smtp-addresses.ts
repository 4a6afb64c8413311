import parse from 'nodemailer/lib/addressparser'

export interface Address {
  name: string
  address: string
}

// The parser takes what it cannot place for a part of the address or of the name.
const isAddress = (text: string) => /^[^\s@<>(),;:"\\，、；]+@[^\s@<>(),;:"\\/，、；]+$/u.test(text)

/**
 * Reads mail addresses that are separated by commas or semicolons, with or without names: `Ann <ann@example.org>`.
 * @returns each once, in the form that `addressOf` reads; null if something is left over that is no address
 */
export function readAddresses(list: string): string[] | null {
  const found = parse(list, { flatten: true })
  if (!found.every(({ address, name }) => isAddress(address) && !name.includes('@'))) return null
  return [...new Set(found.map(({ address, name }) => (name === '' ? address : `${quoted(name)} <${address}>`)))]
}

/** Parses `Ann <ann@example.org>`, so that a name cannot become a second address. */
export function addressOf(text: string): Address {
  const [found] = parse(text, { flatten: true })
  return found?.address ? { name: found.name, address: found.address } : { name: '', address: text }
}

const quoted = (name: string) => (/^[\p{L}\p{M}\p{N} '-]+$/u.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`)
