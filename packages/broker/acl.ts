import { isDeviceId, isFilter, isName, matches } from '@hearthwatch/protocol'

/**
 * Access control lists as Mosquitto 2.0 reads them (https://mosquitto.org/man/mosquitto-conf-5.html, `acl_file`).
 *
 * The committed file `mosquitto/acl` contains the rights of the monitor, the guest and every sensor. Setup makes a copy of it
 * with a block for each sensor (`withSensor`): `mosquitto/acl.made`, or `acl` in the broker's volume. The committed file is never written.
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

/**
 * The block of an ACL file that lets a sensor publish into its room, in addition to the patterns.
 * @param others the rooms of its other probes
 * @throws RangeError for an id that is not `[a-z0-9-]{1,32}` or is `monitor` or `guest`, and for an invalid room.
 */
export function sensorAcl(id: string, room: string, ...others: readonly string[]): string {
  if (!isDeviceId(id) || id === 'monitor' || id === 'guest') throw new RangeError(`not a sensor's id: ${JSON.stringify(id)}`)
  const wrong = [room, ...others].find((name) => !isName(name))
  if (wrong !== undefined) throw new RangeError(`not a room: ${JSON.stringify(wrong)}`)
  return [
    heading(id),
    `user ${id}`,
    `topic write home/${room}/+`,
    `topic readwrite home/${room}/sensor/status`,
    ...others.map((other) => `topic write home/${other}/+`),
    'topic read monitor/status',
    '',
  ].join('\n')
}

/**
 * Adds the sensor's block to the text of an ACL file, or replaces it in place. All other lines stay unchanged.
 * @throws RangeError as `sensorAcl` does.
 */
export function withSensor(text: string, id: string, room: string, ...others: readonly string[]): string {
  const block = sensorAcl(id, room, ...others)
  const place = blockOf(text, id)
  if (place === null) return `${text.replace(/\n*$/, '')}\n\n${block}`
  const { lines, start, end } = place
  return [...lines.slice(0, start), ...block.trimEnd().split('\n'), ...lines.slice(end)].join('\n')
}

/** Removes the sensor's block from the text of an ACL file. All other lines stay unchanged. */
export function withoutSensor(text: string, id: string): string {
  const place = blockOf(text, id)
  if (place === null) return text
  const { lines, start, end } = place
  // The empty line above it belongs to the block.
  return [...lines.slice(0, lines[start - 1]?.trim() === '' ? start - 1 : start), ...lines.slice(end)].join('\n')
}

/** The ids of all sensors with a block in the text. */
export function sensorsIn(text: string): string[] {
  return [...text.matchAll(/^# Sensor ([a-z0-9-]{1,32}), written by setup\s*$/gm)].map(([, id = '']) => id)
}

/** The lines of the text, and the place of the sensor's block among them; null: it has none. */
function blockOf(text: string, id: string): { lines: string[]; start: number; end: number } | null {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => line.trimEnd() === heading(id))
  if (start === -1) return null
  let end = start
  while (end < lines.length && lines[end]?.trim() !== '') end++
  return { lines, start, end }
}

/** First line of a block that setup has written; the block ends at the next empty line. */
function heading(id: string): string {
  return `# Sensor ${id}, written by setup`
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
