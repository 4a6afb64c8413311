import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it, type TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { PolicyDocument } from '@hearthwatch/testhouse/brokers/aws/policy'
import { type Simulator, startAwsSimulator } from '@hearthwatch/testhouse/brokers/aws/simulator'
import { type Mosquitto, startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { type Authority, createAuthority, type Pair } from '@hearthwatch/testhouse/certificates'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { need } from '@hearthwatch/testhouse/need'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import { type BrokerSettings, brokerConflicts, linkSettings } from '../settings/settings.ts'
import { quick, start } from './subject.ts'

const usual: BrokerSettings = { MQTT_PROFILE: 'none', MQTT_VERSION: 'auto', MQTT_MAX_QOS: 2, MQTT_KEEPALIVE: 20 }
const profiled: BrokerSettings = { ...usual, MQTT_PROFILE: 'aws' }
const arn = (resource: string) => `arn:aws:iot:eu-central-1:123456789012:${resource}`

/** Rights on all topics but `secret/…`, and to retain only on `kept/…`. */
const policy: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: 'iot:Connect',
      Resource: arn(`client/\${iot:Connection.Thing.ThingName}`),
      Condition: { 'ForAllValues:StringEquals': { 'iot:ConnectAttributes': ['PersistentConnect', 'LastWill'] } },
    },
    { Effect: 'Allow', Action: ['iot:Publish', 'iot:Receive'], Resource: arn('topic/*') },
    { Effect: 'Allow', Action: 'iot:RetainPublish', Resource: arn('topic/kept/*') },
    { Effect: 'Allow', Action: 'iot:Subscribe', Resource: arn('topicfilter/*') },
    {
      Effect: 'Deny',
      Action: ['iot:Publish', 'iot:Subscribe', 'iot:Receive'],
      Resource: [arn('topic/secret/*'), arn('topicfilter/secret/*')],
    },
  ],
}

describe('The settings for AWS IoT Core', () => {
  it('are one profile: MQTT 5, QoS 1, a keep-alive of 30 s, and the protocol of TLS on port 443', () => {
    const url = 'mqtts://abc-ats.iot.eu-central-1.amazonaws.com'
    const { version, maxQos, keepalive, alpn, window } = linkSettings({ ...profiled, MQTT_URL: `${url}:443` })
    assert.deepEqual(
      { version, maxQos, keepalive, alpn, window },
      { version: '5', maxQos: 1, keepalive: 30, alpn: 'x-amzn-mqtt-ca', window: 100 },
    )
    assert.equal(linkSettings({ ...profiled, MQTT_URL: `${url}:8883` }).alpn, undefined)
    assert.equal(linkSettings({ ...profiled, MQTT_URL: url, MQTT_KEEPALIVE: 300 }).keepalive, 300)
    assert.equal(linkSettings({ ...usual, MQTT_URL: `${url}:443` }).alpn, undefined)
  })

  it('need TLS and a certificate', () => {
    assert.equal(brokerConflicts({ MQTT_PROFILE: 'aws', MQTT_URL: 'mqtt://host' }).length, 2)
    assert.deepEqual(brokerConflicts({ MQTT_PROFILE: 'aws', MQTT_URL: 'mqtts://host', MQTT_CERT_FILE: 'a' }), [])
    assert.equal(brokerConflicts({ MQTT_ALPN: 'x', MQTT_URL: 'mqtt://host' }).length, 1)
  })
})

describe('AWS IoT Core, as its documents describe it,', need('mosquitto'), () => {
  let broker: Mosquitto
  let simulator: Simulator
  let authority: Authority
  let things: Map<string, Pair>
  const clients: MqttClient[] = []
  /** While the simulator's clock stands still, all that it counts is within one second, however slow the machine is. */
  let isStill = false
  before(async () => {
    authority = await createAuthority('aws')
    const things_ = await Promise.all(Array.from({ length: 12 }, (_, i) => authority.issue(`thing-${i}`)))
    things = new Map(things_.map((pair, i) => [`thing-${i}`, pair]))
    const { certificate, key } = await authority.issue('localhost')
    broker = await startMosquitto({ config: ['max_inflight_messages 1000'] })
    const policies = new Map([...things.keys()].map((name) => [name, [policy]]))
    const now = () => (isStill ? 0 : performance.now())
    simulator = await startAwsSimulator({
      host: 'localhost',
      certificate,
      key,
      thingAuthority: authority.certificate,
      policies,
      broker,
      now,
    })
  })
  afterEach(() => {
    for (const client of clients.splice(0)) client.end(true)
    isStill = false
  })
  after(async () => {
    await simulator?.close()
    await broker?.stop()
  })
  let used = 0
  /** Each client has a thing of its own, because a second CONNECT within a second is refused. */
  const nextThing = () => `thing-${used++}`
  function connect(options: IClientOptions & { port?: number } = {}, thing = nextThing()): MqttClient {
    const { certificate: cert, key } = things.get(thing) as Pair
    const own = { clientId: thing, protocolVersion: 5, reconnectPeriod: 0, ca: authority.certificate, cert, key, keepalive: 60 } as const
    const client = mqtt.connect({ protocol: 'mqtts', host: 'localhost', port: simulator.port, ...own, ...options })
    client.on('error', () => {})
    clients.push(client)
    return client
  }
  async function connected(options?: IClientOptions, thing?: string): Promise<MqttClient> {
    const client = connect(options, thing)
    await event(client, 'connect')
    return client
  }
  const event = <T>(client: MqttClient, name: 'connect' | 'close' | 'disconnect') =>
    new Promise<T>((resolve) => {
      client.once(name, (packet?: unknown) => resolve(packet as T))
    })

  it('closes the connection at QoS 2, nine filters, eight slashes, 128 KB, and a denied or denied retained publish', async () => {
    const refused: [RegExp, number, (client: MqttClient) => void][] = [
      [/QoS 2/, 0x9b, (client) => client.publish('a', 'x', { qos: 2 })],
      [/over 8 filters/, 0x97, (client) => client.subscribe(Array.from({ length: 9 }, (_, i) => `f/${i}`))],
      [/over 7 slashes/, 0x90, (client) => client.publish('1/2/3/4/5/6/7/8/9', 'x')],
      [/over 128 KB/, 0x95, (client) => client.publish('a', Buffer.alloc(128 * 1024 + 1), { qos: 1 })],
      [/denied publish on secret\/a/, 0x87, (client) => client.publish('secret/a', 'x', { qos: 1 })],
      [/denied retained publish on a/, 0x87, (client) => client.publish('a', 'x', { qos: 1, retain: true })],
    ]
    await Promise.all(
      refused.map(async ([what, code, act]) => {
        const client = await connected()
        const told = event<{ reasonCode: number }>(client, 'disconnect')
        act(client)
        assert.equal((await told).reasonCode, code, String(what))
        assert.ok(
          simulator.violations.some((line) => what.test(line)),
          String(what),
        )
      }),
    )
  })

  it('takes none without SNI, without the protocol on port 443, with another client id, or twice within a second', async () => {
    isStill = true
    const before = simulator.violations.length
    const fails = async (options: IClientOptions, thing?: string) => {
      const client = connect(options, thing)
      await event(client, 'close')
    }
    const thing = nextThing()
    // An IP address is no name for SNI.
    await fails({ host: '127.0.0.1', rejectUnauthorized: false }, thing)
    await fails({ port: simulator.alpnPort }, thing)
    await fails({ port: simulator.alpnPort, ALPNProtocols: ['mqtt'] }, thing)
    await fails({ clientId: 'monitor' }, thing)
    await (await connected({ port: simulator.alpnPort, ALPNProtocols: ['x-amzn-mqtt-ca'] }, thing)).endAsync()
    await fails({}, thing)
    const found = simulator.violations.slice(before).join('\n')
    for (const what of [/no SNI/, /no ALPN/, /TLS: .*/, /denied connect as monitor/, /over one CONNECT a second/]) assert.match(found, what)
  })

  it('answers with its keep-alive, session of an hour, window and QoS, and refuses a filter by its SUBACK', async () => {
    const client = await connected({ keepalive: 20, clean: false, properties: { sessionExpiryInterval: 604_800 } })
    const { serverKeepAlive, sessionExpiryInterval, receiveMaximum, maximumQoS } = client.serverProperties ?? {}
    assert.deepEqual(
      { serverKeepAlive, sessionExpiryInterval, receiveMaximum, maximumQoS },
      {
        serverKeepAlive: 30,
        sessionExpiryInterval: 3600,
        receiveMaximum: 100,
        maximumQoS: 1,
      },
    )
    await assert.rejects(client.subscribeAsync('secret/#', { qos: 1 }))
    await client.subscribeAsync('a/#', { qos: 1 })
  })

  it('drops messages over 100 a second', async () => {
    isStill = true
    const client = await connected()
    const before = simulator.violations.length
    await Promise.all(Array.from({ length: 150 }, (_, i) => client.publishAsync('flood', `${i}`)))
    const dropped = () => simulator.violations.slice(before).filter((line) => /over 100 messages/.test(line)).length
    await eventually(() => dropped() === 50)
    assert.equal(simulator.seen.filter(({ packet }) => packet.cmd === 'publish' && packet.topic === 'flood').length, 100)
  })

  it('gets no more than 10 messages at once and 40 a second from a link with the profile, so that as many may come back', async (t: TestContext) => {
    const thing = nextThing()
    const { certificate: cert, key } = things.get(thing) as Pair
    const sent: number[] = []
    const { link, reached } = start(
      t,
      0,
      {
        ...linkSettings(profiled),
        ...{
          url: `mqtts://localhost:${simulator.alpnPort}`,
          alpn: 'x-amzn-mqtt-ca',
          clientId: thing,
          ca: authority.certificate,
          cert,
          key,
        },
      },
      quick,
    )
    await reached('connected')
    const begin = performance.now()
    await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        await link.publish(`steady/${i}`, 'x', { qos: (i % 2) as 0 | 1, retain: false })
        sent.push(performance.now() - begin)
      }),
    )
    // A slow machine sends each message later, never earlier.
    for (const [i, at] of sent.toSorted((a, b) => a - b).entries())
      assert.ok(at >= ((i + 1 - 10) / 40) * 1000, `message ${i + 1} at ${at} ms`)
    assert.equal(simulator.seen.filter((one) => one.thing === thing && one.packet.cmd === 'publish').length, 60)
  })

  it('tells a link why it closes the connection', async (t: TestContext) => {
    const thing = nextThing()
    const { certificate: cert, key } = things.get(thing) as Pair
    const own = { url: `mqtts://localhost:${simulator.port}`, clientId: thing, ca: authority.certificate, cert, key }
    const { link, reached } = start(t, 0, { ...linkSettings(profiled), ...own })
    await reached('connected')
    await assert.rejects(link.publish('secret/a', 'x', { qos: 1, retain: false }), { name: 'NotConnected' })
    assert.match(link.why, /the broker closed the connection: not authorised$/)
    assert.match(link.reason['zh-TW'], /broker 關閉了連線：沒有權限$/)
    // Not before a second has passed since the last CONNECT.
    await delay(500)
    await reached('connected')
    assert.ok(!simulator.violations.some((line) => line.startsWith(thing) && line.includes('CONNECT')))
  })
})
