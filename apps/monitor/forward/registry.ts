import { lineProtocol } from './line-protocol/line-protocol.ts'
import { postgres } from './postgres/postgres.ts'
import type { TargetKind } from './target.ts'

/** One folder and one line each. */
export const targetKinds: readonly TargetKind[] = [postgres, lineProtocol]

export const kindOf = (url: string): TargetKind | undefined => targetKinds.find(({ schemes }) => schemes.includes(schemeOf(url)))

/** The mistake in a value of FORWARD_URL, as a sentence without its subject; undefined: none. It never contains a password. */
export function forwardProblem(url: string): string | undefined {
  if (!URL.canParse(url) || new URL(url).hostname === '') return 'must be an address such as postgres://user:password@host/database'
  return kindOf(url) === undefined ? `must begin with ${targetKinds.flatMap(({ schemes }) => schemes).join('://, ')}://` : undefined
}

const schemeOf = (url: string) => url.slice(0, url.indexOf(':')).toLowerCase()
