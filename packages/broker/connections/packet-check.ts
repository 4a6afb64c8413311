import { isFilter, isTopic } from '@hearthwatch/protocol'

/** The fields of a parsed packet that are checked here. */
export interface ParsedPacket {
  cmd: string
  /** Number of bytes behind the header. */
  length: number
  qos: number
  messageId?: number
  protocolId?: string
  protocolVersion?: number
  clientId?: string
  clean?: boolean
  username?: string
  password?: Uint8Array
  will?: { topic: string; qos: number }
  subscriptions?: readonly { topic: string }[]
  unsubscriptions?: readonly string[]
}

/** A violation of MQTT for which the connection is closed; `returnCode` is sent in a CONNACK before. */
export interface Violation {
  reason: string
  returnCode?: 1 | 2
  /** The client speaks MQTT 5. */
  isMqtt5?: true
}

/** The reason if the client speaks MQTT 5. */
export const newerVersion = 'MQTT 5'

/**
 * Finds violations that Mosquitto answers by closing the connection, and the parser of aedes accepts.
 * @param unread number of bytes that the parser found no field for.
 */
export function violationOf(packet: ParsedPacket, unread: number): Violation | undefined {
  switch (packet.cmd) {
    case 'connect':
      return unread > 0 ? { reason: 'CONNECT with more fields than its flags name' } : connectViolation(packet)
    case 'publish':
      return packet.qos > 0 && !hasId(packet) ? { reason: 'PUBLISH without a packet id' } : undefined
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return packet.length !== 2 || !hasId(packet) ? { reason: 'an acknowledgement without a packet id' } : undefined
    case 'subscribe':
      return filterViolation(packet, packet.subscriptions?.map(({ topic }) => topic) ?? [])
    case 'unsubscribe':
      return filterViolation(packet, packet.unsubscriptions ?? [])
    case 'pingreq':
    case 'disconnect':
      return packet.length !== 0 ? { reason: `${packet.cmd.toUpperCase()} with content` } : undefined
    default:
      return undefined
  }
}

function connectViolation({ protocolId, protocolVersion = 0, clientId, clean, username, password, will }: ParsedPacket) {
  const isOld = protocolId === 'MQIsdp'
  if (protocolVersion === 5) return { reason: newerVersion, returnCode: 1, isMqtt5: true } as const
  if (isOld !== (protocolVersion === 3)) return { reason: 'protocol name and version differ', returnCode: 1 } as const
  if (will !== undefined && will.qos > 2) return { reason: 'a will of QoS 3' }
  if (will !== undefined && !isTopic(will.topic)) return { reason: 'an invalid will topic' }
  if (!isOld && password !== undefined && username === undefined) return { reason: 'a password without a user name' }
  // MQTT 3.1 has no empty ids, and 3.1.1 only for clean sessions.
  if (clientId === '' && (isOld || !clean)) return { reason: 'an empty client id', returnCode: 2 } as const
  return undefined
}

function filterViolation(packet: ParsedPacket, filters: readonly string[]): Violation | undefined {
  if (!hasId(packet)) return { reason: 'no packet id' }
  if (filters.length === 0) return { reason: 'no topic filter' }
  return filters.every(isFilter) ? undefined : { reason: 'an invalid topic filter' }
}

function hasId({ messageId = 0 }: ParsedPacket): boolean {
  return messageId > 0
}
