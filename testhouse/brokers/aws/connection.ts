import type { Socket } from 'node:net'
import { generate, type IConnackPacket, type IConnectPacket, type IPublishPacket, type Packet, parser } from 'mqtt-packet'
import { awsLimits, createRate, type Violation, violationOf } from './limits.ts'
import { isAllowed, type PolicyDocument, type PolicyRequest } from './policy.ts'

export interface ServeOptions {
  thing: string
  policies: readonly PolicyDocument[]
  /** Time of the last CONNECT by client id, ms; shared by all connections. */
  connects: Map<string, number>
  now(): number
  onViolation(what: string): void
  onAccepted(packet: Packet): void
}

/** Passes packets between a thing and the broker, except those that AWS IoT Core refuses. */
export function serve(client: Socket, broker: Socket, { thing, policies, connects, now, onViolation, onAccepted }: ServeOptions): void {
  const fromClient = parser()
  const rate = createRate(now)
  /** Packet ids of QoS 1 that wait for the broker's PUBACK. */
  const unacknowledged = new Set<number>()
  const filters = new Set<string>()
  let version: 4 | 5 = 5
  let asked: IConnectPacket | undefined

  const may = (action: PolicyRequest['action'], resource: string, attributes: readonly string[] = []) =>
    isAllowed(policies, { action, resource, thing, attributes })
  // Both sides speak the version of the client.
  const write = (socket: Socket, packet: Packet) => socket.write(generate(packet, { protocolVersion: version }))
  const close = ({ what, reasonCode }: Violation) => {
    onViolation(what)
    if (version === 5 && asked !== undefined) write(client, { cmd: 'disconnect', reasonCode })
    client.end()
    broker.destroy()
  }
  const denied = (what: string): Violation => ({ what: `a denied ${what}`, reasonCode: 0x87 })

  function publishViolation({ topic, retain }: Pick<IPublishPacket, 'topic' | 'retain'>): Violation | undefined {
    if (topic.startsWith('$') || !may('iot:Publish', `topic/${topic}`)) return denied(`publish on ${topic}`)
    return retain && !may('iot:RetainPublish', `topic/${topic}`) ? denied(`retained publish on ${topic}`) : undefined
  }

  function onConnect(packet: IConnectPacket): void {
    version = packet.protocolVersion === 5 ? 5 : 4
    const { clientId, will, clean, properties = {} } = packet
    const isPersistent = version === 5 ? (properties.sessionExpiryInterval ?? 0) > 0 || clean === false : clean === false
    const attributes = [...(isPersistent ? ['PersistentConnect'] : []), ...(will === undefined ? [] : ['LastWill'])]
    const since = now() - (connects.get(clientId) ?? Number.NEGATIVE_INFINITY)
    connects.set(clientId, now())
    const violation =
      violationOf(packet, 0) ??
      (since < awsLimits.connectInterval ? { what: 'over one CONNECT a second', reasonCode: 0x9f } : undefined) ??
      (may('iot:Connect', `client/${clientId}`, attributes) ? undefined : denied(`connect as ${clientId} (${attributes.join(', ')})`)) ??
      (will === undefined ? undefined : publishViolation({ topic: will.topic, retain: will.retain ?? false }))
    if (violation !== undefined) {
      onViolation(violation.what)
      if (version === 5) write(client, { cmd: 'connack', reasonCode: violation.reasonCode, sessionPresent: false })
      client.end()
      return void broker.destroy()
    }
    asked = packet
    listenToBroker()
    if ((packet.keepalive ?? 0) < awsLimits.keepalive.least) onViolation(`a keep-alive of ${packet.keepalive} s`)
    onAccepted(packet)
    const sessionExpiryInterval = Math.min(properties.sessionExpiryInterval ?? 0, awsLimits.sessionExpiry)
    write(broker, { ...packet, ...(version === 5 && { properties: { ...properties, sessionExpiryInterval } }) })
  }

  function listenToBroker(): void {
    const fromBroker = parser({ protocolVersion: version })
    fromBroker.on('packet', onBrokerPacket)
    broker.on('data', (bytes) => fromBroker.parse(bytes))
  }

  function connackOf(packet: IConnackPacket): IConnackPacket {
    const { keepalive = 0, properties = {} } = asked ?? {}
    const { least, most } = awsLimits.keepalive
    const serverKeepAlive = Math.min(most, Math.max(least, keepalive))
    return {
      ...packet,
      properties: {
        maximumQoS: 1,
        receiveMaximum: awsLimits.unacknowledged,
        maximumPacketSize: awsLimits.payloadBytes + 20 * 1024,
        sessionExpiryInterval: Math.min(properties.sessionExpiryInterval ?? 0, awsLimits.sessionExpiry),
        ...(serverKeepAlive !== keepalive && { serverKeepAlive }),
        sharedSubscriptionAvailable: true,
        subscriptionIdentifiersAvailable: false,
      },
    }
  }

  function onPublish(packet: IPublishPacket): void {
    const violation = publishViolation(packet)
    if (violation !== undefined) return close(violation)
    if (packet.qos === 1) unacknowledged.add(packet.messageId ?? 0)
    if (unacknowledged.size > awsLimits.unacknowledged) return close({ what: 'over 100 unacknowledged messages', reasonCode: 0x93 })
    if (!rate.allows(packet.payload.length)) return onViolation('over 100 messages or 512 KB a second, sent')
    onAccepted(packet)
    write(broker, packet)
  }

  function onBrokerPacket(packet: Packet): void {
    if (packet.cmd === 'puback') unacknowledged.delete(packet.messageId ?? 0)
    if (packet.cmd === 'connack' && version === 5) return void write(client, connackOf(packet))
    if (packet.cmd === 'publish') {
      const isDropped = !may('iot:Receive', `topic/${packet.topic}`) || !rate.allows(packet.payload.length)
      if (isDropped) {
        onViolation(`a message on ${packet.topic} that is not delivered`)
        if (packet.qos === 1) write(broker, { cmd: 'puback', messageId: packet.messageId ?? 0, reasonCode: 0 })
        return
      }
    }
    write(client, packet)
  }

  fromClient.on('packet', (packet: Packet) => {
    if (packet.cmd === 'connect') return onConnect(packet)
    if (asked === undefined) return void client.destroy()
    const violation = violationOf(packet, filters.size)
    if (violation !== undefined) return close(violation)
    if (packet.cmd === 'publish') return onPublish(packet)
    if (packet.cmd === 'subscribe') {
      const refused = packet.subscriptions.find(({ topic }) => !may('iot:Subscribe', `topicfilter/${topic}`))
      if (refused !== undefined && version === 4) return close(denied(`subscription to ${refused.topic}`))
      if (refused !== undefined) {
        onViolation(`a denied subscription to ${refused.topic}`)
        const granted = packet.subscriptions.map(() => 0x87)
        return void write(client, { cmd: 'suback', messageId: packet.messageId ?? 0, granted })
      }
      for (const { topic } of packet.subscriptions) filters.add(topic)
      packet.subscriptions = packet.subscriptions.map((one) => ({ ...one, qos: Math.min(one.qos, 1) as 0 | 1 }))
    }
    if (packet.cmd === 'unsubscribe') for (const topic of packet.unsubscriptions) filters.delete(topic)
    onAccepted(packet)
    write(broker, packet)
  })
  fromClient.on('error', () => client.destroy())
  client.on('data', (bytes) => fromClient.parse(bytes))
  for (const socket of [client, broker])
    socket
      .on('error', () => {})
      .on('close', () => {
        client.destroy()
        broker.destroy()
      })
}
