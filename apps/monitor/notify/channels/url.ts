/** A mistake in a channel's URL, as a sentence without its subject and without secrets. */
export class UrlMistake extends Error {
  override name = 'UrlMistake'
}

/** A channel's URL, parsed and decoded. */
export interface ChannelUrl {
  /** Without the colon. */
  readonly scheme: string
  /** The part before the `@`, up to the first colon. */
  readonly user: string
  readonly password: string
  /** With the port; may be empty. */
  readonly host: string
  /** Without empty parts. */
  readonly path: readonly string[]
  readonly query: ReadonlyMap<string, string>
}

/**
 * Parses a URL less strictly than browsers do, because tokens of services contain slashes, pluses and colons. The last `@`
 * that does not follow a slash ends the user part (`tgram://…/@channel` has none).
 * @throws UrlMistake
 */
export function readUrl(text: string): ChannelUrl {
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(text) ?? []
  if (scheme === undefined) throw new UrlMistake('is not an address like ntfy://…')
  if (rest.includes('#')) throw new UrlMistake('contains a #: write it as %23')
  const [address = '', ...query] = rest.split('?')
  const [, credentials = '', location = ''] = /^(?:(.*[^/])@)?(.*)$/s.exec(address) ?? []
  const colon = credentials.indexOf(':')
  const [host = '', ...path] = location.split('/')
  return {
    scheme: scheme.toLowerCase(),
    user: decode(colon < 0 ? credentials : credentials.slice(0, colon)),
    password: colon < 0 ? '' : decode(credentials.slice(colon + 1)),
    host: decode(host),
    path: path.filter((part) => part !== '').map(decode),
    query: new Map(pairs(query.join('?')).map(([key, value]) => [decode(key), decode(value)])),
  }
}

/** The URL as written, without these parameters of its query. */
export function withoutParameters(text: string, names: ReadonlySet<string>): string {
  const start = text.indexOf('?')
  if (start < 0) return text
  const kept = pairs(text.slice(start + 1)).filter(([key]) => !names.has(decode(key)))
  const query = kept.map(([key, value, equals]) => `${key}${equals}${value}`).join('&')
  return query === '' ? text.slice(0, start) : `${text.slice(0, start)}?${query}`
}

function pairs(query: string): [key: string, value: string, equals: string][] {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=')
      return at < 0 ? [pair, '', ''] : [pair.slice(0, at), pair.slice(at + 1), '=']
    })
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new UrlMistake('contains a % that does not begin a code like %40: write it as %25')
  }
}
