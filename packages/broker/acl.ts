import { isDeviceId, isFilter, isName, matches } from '@hearthwatch/protocol'

/**
 * Access control lists as Mosquitto 2.0 reads them (https://mosquitto.org/man/mosquitto-conf-5.html, `acl_file`).
 *
 * One file per broker, `mosquitto/acl`: its committed part says what the monitor, the guest and every sensor may do;
 * setup appends a block per sensor with the topics of its room (`withSensor`), in place. Docker Compose's setup does
 * the same to a copy that it makes in the broker's volume, `/mosquitto/secrets/acl`, because Mosquitto wants the
 * file to be its own and unreadable for others. The demo makes itself a copy, too.
 */
export interface Acl {
  /** By user name; '' for who has none. */
  readonly users: ReadonlyMap<string, readonly Rule[]>
  /** For everyone, with %u and %c still to be filled in. */
  readonly patterns: readonly Rule[]
}

export interface Rule {
  readonly filter: string
  readonly access: Access
}

type Access = 'read' | 'write' | 'readwrite' | 'deny'

/** What somebody is about to do. A subscription alone is always allowed: `read` is asked for each message. */
export interface Request {
  /** '' where there is none. */
  username: string
  clientId: string
  action: 'read' | 'write'
  topic: string
}

/** A line that Mosquitto would not start with. */
export class AclError extends Error {
  constructor(file: string, line: number, problem: string) {
    super(`${file}, line ${line}: ${problem}`)
    this.name = 'AclError'
  }
}

/**
 * Reads the text of an ACL file.
 * @param file its name, for the error.
 * @throws AclError naming the file and the line.
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

/** Whether the list lets it happen. */
export function allowed(acl: Acl, { username, clientId, action, topic }: Request): boolean {
  // The broker's own topics are written by the broker.
  if (action === 'write' && topic.startsWith('$SYS')) return false
  const own = decide(acl.users.get(username) ?? [], action, topic)
  if (own !== undefined || acl.patterns.length === 0) return own ?? false
  // A name with a wildcard in it would open other people's topics.
  if (/[+#]/.test(username) || /[+#]/.test(clientId)) return false
  const filled = acl.patterns
    .filter(({ filter }) => username !== '' || !filter.includes('%u'))
    .map(({ filter, access }) => ({ access, filter: filter.replace(/%[uc]/g, (hole) => (hole === '%u' ? username : clientId)) }))
  return decide(filled, action, topic) ?? false
}

/**
 * The block of an ACL file with what a sensor may do beyond the patterns: report into its room.
 * @throws RangeError for an id that is not `[a-z0-9-]{1,32}` or stands for somebody else, and a room that is none.
 */
export function sensorAcl(id: string, room: string): string {
  if (!isDeviceId(id) || id === 'monitor' || id === 'guest') throw new RangeError(`not a sensor's id: ${JSON.stringify(id)}`)
  if (!isName(room)) throw new RangeError(`not a room: ${JSON.stringify(room)}`)
  return [
    heading(id),
    `user ${id}`,
    `topic write home/${room}/+`,
    `topic readwrite home/${room}/sensor/status`,
    'topic read monitor/status',
    '',
  ].join('\n')
}

/**
 * The text of an ACL file in which the sensor's block says this room: added at the end, or in the place of the one
 * that stands there. Everything else stays as it is.
 * @throws RangeError as `sensorAcl` does.
 */
export function withSensor(text: string, id: string, room: string): string {
  const block = sensorAcl(id, room)
  const lines = text.split('\n')
  const start = lines.findIndex((line) => line.trimEnd() === heading(id))
  if (start === -1) return `${text.replace(/\n*$/, '')}\n\n${block}`
  let end = start
  while (end < lines.length && lines[end]?.trim() !== '') end++
  return [...lines.slice(0, start), ...block.trimEnd().split('\n'), ...lines.slice(end)].join('\n')
}

/** Marks a block as made by setup; it ends at the next empty line. */
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
