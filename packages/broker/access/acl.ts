import { isFilter, isName, matches } from '@hearthwatch/protocol'

/**
 * Access control lists as Mosquitto 2.0 reads them (https://mosquitto.org/man/mosquitto-conf-5.html, `acl_file`).
 *
 * The committed file `mosquitto/acl` contains the rights of the monitor, the guest and every sensor. Setup makes a copy of it
 * with a block for each login (`completeAcl`): `mosquitto/acl.made`, or `acl` in the broker's volume. The committed file is never written.
 */
export interface Acl {
  /** Rules by user name; '' for clients without one. */
  readonly users: ReadonlyMap<string, readonly Rule[]>
  /** Rules for all users, in which %u and %c are replaced by the user name and the client id. */
  readonly patterns: readonly Rule[]
}

export interface Rule {
  readonly filter: string
  readonly access: Access
}

type Access = 'read' | 'write' | 'readwrite' | 'deny'

/** A publish (`write`) or a delivery (`read`) to be authorized. A subscription itself is always allowed. */
export interface Request {
  /** '' for a client without a user name. */
  username: string
  clientId: string
  action: 'read' | 'write'
  topic: string
}

/** A line that prevents Mosquitto from starting. */
export class AclError extends Error {
  constructor(file: string, line: number, problem: string) {
    super(`${file}, line ${line}: ${problem}`)
    this.name = 'AclError'
  }
}

/**
 * Parses the text of an ACL file.
 * @param file its name, for the error.
 * @throws AclError that names the file and the line.
 */
export function parseAcl(text: string, file = 'acl'): Acl {
  const users = new Map<string, Rule[]>()
  const patterns: Rule[] = []
  let user = ''
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trimEnd()
    if (line === '' || line.startsWith('#')) continue
    const { keyword, rest } = split(line)
    if (keyword === 'user') {
      if (rest === '') throw new AclError(file, index + 1, 'a user without a name')
      user = rest
    } else if (keyword === 'topic' || keyword === 'pattern') {
      const rule = readRule(rest, (problem) => new AclError(file, index + 1, problem))
      if (keyword === 'pattern') patterns.push(rule)
      else users.set(user, [...(users.get(user) ?? []), rule])
    } else throw new AclError(file, index + 1, `neither user, topic nor pattern: ${keyword}`)
  }
  return { users: new Map([...users].map(([name, rules]) => [name, denialsFirst(rules)])), patterns: denialsFirst(patterns) }
}

/** True if the list allows the request. */
export function allowed(acl: Acl, { username, clientId, action, topic }: Request): boolean {
  // Only the broker itself publishes on its own topics.
  if (action === 'write' && topic.startsWith('$SYS')) return false
  const decided = decide(acl.users.get(username) ?? [], action, topic)
  if (decided !== undefined || acl.patterns.length === 0) return decided ?? false
  // A name that contains a wildcard would match other users' topics.
  if (/[+#]/.test(username) || /[+#]/.test(clientId)) return false
  const filled = acl.patterns
    .filter(({ filter }) => username !== '' || !filter.includes('%u'))
    .map(({ filter, access }) => ({ access, filter: filter.replace(/%[uc]/g, (hole) => (hole === '%u' ? username : clientId)) }))
  return decide(filled, action, topic) ?? false
}

/** The rooms that the user's own lines name for publishing: `home/kitchen/+` names kitchen; a filter for every room names none. */
export function roomsIn(acl: Acl, username: string): string[] {
  const rooms = new Set<string>()
  for (const { filter, access } of acl.users.get(username) ?? []) {
    const [home, room = '', ...more] = filter.split('/')
    if (home === 'home' && isName(room) && more.length > 0 && (access === 'write' || access === 'readwrite')) rooms.add(room)
  }
  return [...rooms]
}

function split(text: string): { keyword: string; rest: string } {
  const [, keyword = '', rest = ''] = /^ *([^ ]*) *(.*)$/.exec(text) ?? []
  return { keyword, rest: rest.trim() }
}

function readRule(text: string, error: (problem: string) => AclError): Rule {
  if (text === '') throw error('no topic')
  const { keyword, rest } = split(text)
  const [access, filter] = rest === '' ? ['readwrite', keyword] : [keyword, rest]
  if (!isAccess(access)) throw error(`neither read, write, readwrite nor deny: ${access}`)
  if (!isFilter(filter)) throw error(`not a topic filter: ${filter}`)
  return { access, filter }
}

function isAccess(word: string): word is Access {
  return word === 'read' || word === 'write' || word === 'readwrite' || word === 'deny'
}

function denialsFirst(rules: readonly Rule[]): readonly Rule[] {
  return [...rules.filter(({ access }) => access === 'deny'), ...rules.filter(({ access }) => access !== 'deny')]
}

function decide(rules: readonly Rule[], action: 'read' | 'write', topic: string): boolean | undefined {
  for (const { access, filter } of rules) {
    if (access !== 'deny' && access !== 'readwrite' && access !== action) continue
    if (matches(filter, topic)) return access !== 'deny'
  }
  return undefined
}
