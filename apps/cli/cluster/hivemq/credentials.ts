import { pbkdf2Sync } from 'node:crypto'
import type { Acl } from '@hearthwatch/broker/acl'
import { SetupError } from '../../setup-request.ts'
import { healthLogin } from '../balancer.ts'
import type { House, Login } from '../broker.ts'
import { type Rights, rightsOf } from '../rights.ts'
import { saltOf } from '../salt.ts'

/** The role with the patterns of the access list. */
const sensors = 'sensors'

interface Role {
  id: string
  rights: Rights
}

/**
 * credentials.xml of HiveMQ's File RBAC Extension (https://github.com/hivemq/hivemq-file-rbac-extension). It has no denial, so
 * a user that has one gets a role of its own without the patterns.
 * @throws SetupError for a `deny` that takes only a part of another line away, and for a user name with a wildcard
 */
export function credentialsOf(house: House): string {
  const { acl, logins, prefix } = house
  const roles: Role[] = [{ id: sensors, rights: patternsOf(acl) }]
  const users = logins.map((login) => {
    const { user } = login
    if (/[+#]/.test(user)) throw new SetupError(`HiveMQ refuses the user name ${user}: it contains a wildcard.`)
    const hasDenial = acl.users.get(user)?.some(({ access }) => access === 'deny') ?? false
    const rights = rightsOf(hasDenial ? acl : { ...acl, patterns: [] }, user)
    roles.push({ id: `user ${user}`, rights })
    return { login, roles: hasDenial ? [`user ${user}`] : [`user ${user}`, sensors] }
  })
  roles.push({ id: 'balancer', rights: { write: [], read: [] } })
  users.push({ login: healthLogin(house), roles: ['balancer'] })
  return [
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
    '<!-- Made by setup cluster hivemq. -->',
    '<file-rbac>',
    '  <users>',
    ...users.map(({ login, roles }) => userXml(login, roles)),
    '  </users>',
    '  <roles>',
    ...roles.map(({ id, rights }) => roleXml(id, rights, prefix)),
    '  </roles>',
    '</file-rbac>',
    '',
  ].join('\n')
}

function patternsOf({ patterns }: Acl): Rights {
  if (patterns.some(({ access }) => access === 'deny'))
    throw new SetupError('A pattern of the access list denies something. HiveMQ cannot do that.')
  // The client id is the user name: see `use_username_as_clientid` in mosquitto/mosquitto.conf.
  const filtersFor = (action: 'read' | 'write') =>
    patterns
      .filter(({ access }) => access === action || access === 'readwrite')
      .map(({ filter }) => filter.replace(/%[uc]/g, () => `\${{username}}`))
  return { write: filtersFor('write'), read: filtersFor('read') }
}

/** PBKDF2 with SHA-512, as the extension's own tool makes it. */
function hashOf(login: Login): string {
  const [salt, iterations] = [saltOf(login, 32), 1000]
  return `${salt.toString('base64')}:${iterations}:${pbkdf2Sync(login.password, salt, iterations, 64, 'sha512').toString('base64')}`
}

const userXml = (login: Login, roles: readonly string[]) =>
  `    <user>
      <name>${escaped(login.user)}</name>
      <password>${hashOf(login)}</password>
      <roles>${roles.map((id) => `<id>${escaped(id)}</id>`).join('')}</roles>
    </user>`

function roleXml(id: string, { write, read }: Rights, prefix: string): string {
  const permissions = [
    ...write.map((topic) => ({ topic, activity: 'PUBLISH' })),
    ...read.map((topic) => ({ topic, activity: 'SUBSCRIBE' })),
  ]
  // The extension refuses the whole file for a role without a permission. No one publishes on this topic.
  if (permissions.length === 0) permissions.push({ topic: 'none', activity: 'SUBSCRIBE' })
  const lines = permissions.map(
    ({ topic, activity }) => `        <permission><topic>${escaped(prefix + topic)}</topic><activity>${activity}</activity></permission>`,
  )
  return [`    <role>`, `      <id>${escaped(id)}</id>`, '      <permissions>', ...lines, '      </permissions>', '    </role>'].join('\n')
}

const escaped = (text: string) => text.replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character] ?? '')
