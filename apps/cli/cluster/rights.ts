import type { Acl, Rule } from '@hearthwatch/broker/acl'
import { SetupError } from '../setup-request.ts'
import { covers, overlaps } from './filters.ts'

/** Filters on which a user may publish, and filters that it may read. No other topic is allowed. */
export interface Rights {
  write: string[]
  read: string[]
}

/**
 * The rights of a user as a list of what is allowed. It is for brokers without `deny`, and for those that check the filter
 * of a subscription instead of each message.
 *
 * The line `deny device/NAME/#` of the user NAME only takes the patterns of sensors away. If such a user may read
 * `device/+/status`, it may also read that of its own name. Only the monitor can publish there.
 * @throws SetupError for a `deny` that takes only a part of another line away
 */
export function rightsOf(acl: Acl, user: string): Rights {
  const own = acl.users.get(user) ?? []
  const patterns = acl.patterns.map(({ filter, access }) => ({ access, filter: filter.replace(/%[uc]/g, () => user) }))
  const allowed = { write: [] as string[], read: [] as string[] }
  for (const action of ['write', 'read'] as const) {
    const ownDenials = denialsIn(own)
    const all = [...without(own, action, ownDenials, user), ...without(patterns, action, [...ownDenials, ...denialsIn(patterns)], user)]
    const kept = [...new Set(all)]
    allowed[action] = kept.filter((filter) => !kept.some((other) => other !== filter && covers(other, filter)))
  }
  return allowed
}

const denialsIn = (rules: readonly Rule[]) => rules.filter(({ access }) => access === 'deny').map(({ filter }) => filter)

/** The filters that these rules allow and no denial takes away. */
function without(rules: readonly Rule[], action: 'read' | 'write', denials: readonly string[], user: string): string[] {
  const filters = rules.filter(({ access }) => access === action || access === 'readwrite').map(({ filter }) => filter)
  return filters.filter((filter) => {
    if (denials.some((denial) => covers(denial, filter))) return false
    const partly = denials.find((denial) => denial !== `device/${user}/#` && overlaps(denial, filter))
    if (partly !== undefined)
      throw new SetupError(
        `The access list gives ${user} "${action} ${filter}" and takes a part of it away by "deny ${partly}". This broker cannot do that: name the topics that are allowed.`,
      )
    return true
  })
}
