import { canTls, type LoginKind, loginKinds, topicOf, topicProblem } from '@hearthwatch/foreign/logins'
import { isDeviceId } from '@hearthwatch/protocol'
import { brokerUrl, isLoopback } from '../broker/address.ts'
import { checkRoom, reservedUsers, UsageError } from '../setup-request.ts'

export type DeviceVerb = 'add' | 'list' | 'show' | 'rotate' | 'remove'

/** The values of the command line that `setup device` reads. */
export interface DeviceValues {
  kind?: string | undefined
  topic?: string | undefined
  broker?: string | undefined
  here?: boolean | undefined
  json?: boolean | undefined
  dir?: string | undefined
  compose?: boolean | undefined
  'no-compose'?: boolean | undefined
}

export interface DeviceLine {
  verb: DeviceVerb
  /** The user of the device at the broker; '' for `list`. */
  name: string
  /** For `add`. */
  added: { kind: LoginKind; topic: string } | undefined
  /** URL of the broker, as the device reaches it; undefined: an address of this machine. */
  broker: string | undefined
  json: boolean
  /** Docker Compose: true or false if the command line says so. */
  compose: boolean | undefined
}

/** Reads what follows `setup device`. @throws UsageError */
export function readDeviceArguments([verb = '', name = '', ...rest]: readonly string[], values: DeviceValues): DeviceLine {
  if (!isVerb(verb)) throw new UsageError(verb === '' ? 'device needs a command.' : `unknown command: device ${verb}`)
  const { json = false } = values
  const compose = values.compose ? true : values['no-compose'] ? false : undefined
  if (verb === 'list' ? name !== '' : !isDeviceId(name)) throw new UsageError(usage[verb])
  if (rest.length > (verb === 'add' ? 1 : 0)) throw new UsageError(usage[verb])
  if (verb !== 'add')
    for (const option of ['kind', 'topic', 'broker', 'here'] as const)
      if (values[option] !== undefined) throw new UsageError(`--${option} is no option of device ${verb}.`)
  const line = { verb, name, json, compose }
  if (verb !== 'add') return { ...line, added: undefined, broker: undefined }
  if (reservedUsers.includes(name)) throw new UsageError(`The name ${name} is reserved: choose another one.`)
  const kind = loginKinds.find((one) => one === values.kind)
  if (kind === undefined) throw new UsageError(`device add needs --kind, one of ${loginKinds.join(', ')}.`)
  return { ...line, added: { kind, topic: readTopic(kind, name, rest[0], values.topic) }, broker: readBroker(kind, values) }
}

/** The topic of the device, or the room of a script. */
function readTopic(kind: LoginKind, name: string, room: string | undefined, given: string | undefined): string {
  const usual = topicOf(kind, name)
  if (usual === null) {
    if (given !== undefined) throw new UsageError(`${kind} has a room instead of --topic.`)
    if (room === undefined) throw new UsageError(`${kind} needs a room: device add ${name} kitchen --kind ${kind}.`)
    checkRoom(room)
    return room
  }
  if (room !== undefined) throw new UsageError(`${kind} needs no room: the page shows its devices, and you choose there.`)
  const topic = given ?? usual
  const problem = given === undefined && topic === usual && usual !== name ? null : topicProblem(kind, topic)
  if (problem === 'taken') throw new UsageError(`${topic}/… belongs to other devices: choose another --topic.`)
  if (problem === 'invalid') throw new UsageError(`${JSON.stringify(topic)} cannot be the topic of ${kind}.`)
  return topic
}

function readBroker(kind: LoginKind, { broker: given, here }: DeviceValues): string | undefined {
  if (given === undefined) return here ? brokerUrl('127.0.0.1', 'mqtt') : undefined
  const broker = brokerUrl(given, 'mqtt')
  if (isLoopback(broker) && !here)
    throw new UsageError(`${given} leads each machine to itself. Give the address at which the device reaches the broker, or --here.`)
  if (!/^mqtts?:/.test(broker)) throw new UsageError(`${given} must begin with mqtt:// or mqtts://.`)
  if (broker.startsWith('mqtts:') && !canTls(kind))
    throw new UsageError(`For ${kind} setup makes no TLS connection: give mqtt://, or the address alone.`)
  return broker
}

const usage: Readonly<Record<DeviceVerb, string>> = {
  add: 'device add needs a name of a-z, 0-9 and "-", at most 32, and --kind.',
  list: 'device list has no arguments.',
  show: 'device show needs the name of one device.',
  rotate: 'device rotate needs the name of one device.',
  remove: 'device remove needs the name of one device.',
}

const isVerb = (text: string): text is DeviceVerb => Object.hasOwn(usage, text)
