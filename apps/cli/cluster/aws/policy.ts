import type { Acl } from '@hearthwatch/broker/acl'
import { filterOf, type TopicName, topics } from '@hearthwatch/protocol'
import { SetupError } from '../../setup-request.ts'
import { covers, overlaps } from '../filters.ts'
import { type Rights, rightsOf } from '../rights.ts'

/** A statement of a policy: https://docs.aws.amazon.com/iot/latest/developerguide/iot-policies.html */
export interface Statement {
  Effect: 'Allow' | 'Deny'
  Action: string | readonly string[]
  Resource: string | readonly string[]
  Condition?: Record<string, Record<string, readonly string[]>>
}

export interface Policy {
  Version: '2012-10-17'
  Statement: readonly Statement[]
}

/** Characters of a policy without white space. */
const longestPolicy = 2048
/** The name of the thing, which must be the client id: `%u` of the access list. */
const thing = `\${iot:Connection.Thing.ThingName}`
/** `things.sh` replaces the three words. Their values may be longer, such as aws-us-gov, ap-southeast-1 and 12 digits. */
const arn = (resource: string) => `arn:PARTITION:iot:REGION:ACCOUNT:${resource}`
const longerValues = 1 + 8 + 5

const retained = (Object.keys(topics) as TopicName[]).filter((name) => topics[name].retain).map(filterOf)

/**
 * The policies that every sensor has: connect under its own name, and the patterns of the access list.
 * @returns in parts that AWS IoT Core accepts
 */
export function commonPolicies(acl: Acl, prefix: string): Policy[] {
  const anyone = 'any-sensor'
  const named = (pattern: string) => pattern.replace(anyone, thing)
  return inParts(rightsOf({ users: new Map(), patterns: acl.patterns }, anyone), (part, isFirst) =>
    policyOf([...(isFirst ? [connectOf(['LastWill'])] : []), ...statementsOf(part, prefix, named)]),
  )
}

/**
 * The policies of one user beside the common one.
 * @param isMonitor has a session that lasts
 * @returns in parts that AWS IoT Core accepts
 * @throws SetupError for a topic that a policy cannot name
 */
export function ownPolicies(acl: Acl, user: string, prefix: string, isMonitor: boolean): Policy[] {
  const rights = rightsOf(hasCommon(acl, user) ? { users: acl.users, patterns: [] } : acl, user)
  const connect = hasCommon(acl, user) ? [] : [connectOf(isMonitor ? ['PersistentConnect', 'LastWill'] : ['LastWill'])]
  return inParts(rights, (part, isFirst) => policyOf([...(isFirst ? connect : []), ...statementsOf(part, prefix)]))
}

/** True if the patterns of the access list give this user something, and no line takes it away. */
export function hasCommon(acl: Acl, user: string): boolean {
  const own = acl.users.get(user) ?? []
  const patterns = acl.patterns.map(({ filter }) => filter.replace(/%[uc]/g, user))
  const isGivenOrTaken = (pattern: string) => own.some(({ filter }) => covers(filter, pattern))
  return patterns.length > 0 && !patterns.every(isGivenOrTaken)
}

const policyOf = (statements: readonly Statement[]): Policy => ({ Version: '2012-10-17', Statement: statements })

const connectOf = (attributes: readonly string[]): Statement => ({
  Effect: 'Allow',
  Action: 'iot:Connect',
  Resource: arn(`client/${thing}`),
  Condition: { 'ForAllValues:StringEquals': { 'iot:ConnectAttributes': attributes } },
})

function statementsOf({ write, read }: Rights, prefix: string, named = (pattern: string) => pattern): Statement[] {
  const resources = (kind: 'topic' | 'topicfilter', filters: readonly string[]) =>
    filters.flatMap(patternsOf).map((pattern) => arn(`${kind}/${prefix}${named(pattern)}`))
  const isRetained = (filter: string) => retained.some((other) => overlaps(other, filter))
  const statements: Statement[] = []
  const add = (Action: Statement['Action'], Resource: string[]) =>
    Resource.length > 0 && statements.push({ Effect: 'Allow', Action, Resource })
  add(['iot:Publish', 'iot:RetainPublish'], resources('topic', write.filter(isRetained)))
  add(
    'iot:Publish',
    resources(
      'topic',
      write.filter((filter) => !isRetained(filter)),
    ),
  )
  add('iot:Subscribe', resources('topicfilter', read))
  add('iot:Receive', resources('topic', read))
  // Topics of AWS itself, such as $aws/things/…: no filter of the access list matches them.
  if (prefix === '' && read.some((filter) => /^[#+]/.test(filter)))
    statements.push({
      Effect: 'Deny',
      Action: ['iot:Subscribe', 'iot:Receive'],
      Resource: [arn('topicfilter/$*'), arn('topic/$*')],
    })
  return statements
}

/**
 * A filter in a policy, where `*` stands for any characters. So `home/kitchen/+` also allows deeper topics of that room.
 * @throws SetupError for a topic with `*`, `?` or `${`, which have a meaning of their own there
 */
function patternsOf(filter: string): string[] {
  if (/[*?]|\$\{/.test(filter)) throw new SetupError(`A policy of AWS IoT Core cannot name ${filter}. Rename the room or topic.`)
  const pattern = filter.replaceAll('+', '*').replace(/#$/, '*')
  // `home/#` matches `home`, too.
  return filter.endsWith('/#') ? [pattern, pattern.slice(0, -2)] : [pattern]
}

/** Divides the rights until each part fits. */
function inParts(rights: Rights, make: (part: Rights, isFirst: boolean) => Policy): Policy[] {
  const parts: Policy[] = []
  const add = ({ write, read }: Rights) => {
    const policy = make({ write, read }, parts.length === 0)
    if (!isTooLong(policy)) return void (policy.Statement.length > 0 && parts.push(policy))
    const half = (list: string[], from: 0 | 1) => list.slice(...(from === 0 ? [0, list.length >> 1] : [list.length >> 1]))
    if (write.length + read.length < 2)
      throw new SetupError(`A topic is too long for a policy of AWS IoT Core: ${[...write, ...read].join()}`)
    if (write.length > 0 && read.length > 0)
      for (const part of [
        { write, read: [] },
        { write: [], read },
      ])
        add(part)
    else for (const from of [0, 1] as const) add({ write: half(write, from), read: half(read, from) })
  }
  add(rights)
  return parts
}

function isTooLong(policy: Policy): boolean {
  const text = JSON.stringify(policy)
  return text.length + (text.match(/arn:/g)?.length ?? 0) * longerValues > longestPolicy
}
