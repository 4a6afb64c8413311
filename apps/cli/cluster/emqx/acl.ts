import type { Rule } from '@hearthwatch/broker/acl'
import { healthLogin } from '../balancer.ts'
import type { House } from '../broker.ts'
import { rightsOf } from '../rights.ts'

const actions = { read: 'subscribe', write: 'publish', readwrite: 'all', deny: 'all' } as const

/**
 * The access list as Erlang terms (https://docs.emqx.com/en/emqx/latest/access-control/authz/file.html). The first line that
 * matches decides. So the denials of a user come before its other lines, those before the patterns, and a denial of all is last.
 *
 * EMQX checks publishes by the topic, and subscriptions by their filter.
 * @throws SetupError for a `deny` that takes only a part of another line away
 */
export function aclOf(house: House): string {
  const { acl, logins, prefix } = house
  const line = (who: string, { filter, access }: Rule) => {
    const topic = `${prefix}${filter}`.replaceAll('%u', `\${username}`).replaceAll('%c', `\${clientid}`)
    return `{${access === 'deny' ? 'deny' : 'allow'}, ${who}, ${actions[access]}, [${term(topic)}]}.`
  }
  const users = logins.flatMap(({ user }) => {
    rightsOf(acl, user)
    return (acl.users.get(user) ?? []).map((rule) => line(`{user, ${term(user)}}`, rule))
  })
  // The patterns would let the health check publish as a device.
  const health = `{deny, {user, ${term(healthLogin(house).user)}}, all, ["#"]}.`
  const patterns = acl.patterns.map((rule) => line('all', rule))
  return [
    '%% Made by setup cluster emqx. The first line that matches decides.',
    '{deny, all, publish, ["$SYS/#"]}.',
    ...users,
    health,
    ...patterns,
    '{deny, all}.',
    '',
  ].join('\n')
}

/** A text as an Erlang term. One with characters beyond ASCII is a binary, because EMQX takes each number of a list for a byte. */
function term(text: string): string {
  const quoted = `"${text.replace(/["\\]/g, '\\$&')}"`
  return /^[\x20-\x7e]*$/.test(text) ? quoted : `<<${quoted}/utf8>>`
}
