import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type BrokerCluster, startBrokerCluster } from '@hearthwatch/testhouse/brokers/broker-cluster'
import type { RabbitmqNode } from '@hearthwatch/testhouse/brokers/rabbitmq-node'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { need } from '@hearthwatch/testhouse/need'
import mqtt, { type MqttClient } from 'mqtt'
import { startFleet } from './fleet.ts'
import { setUpHouse } from './house.ts'

const sensors = ['pi-1', 'pi-2', 'pi-3']
const script = { name: 'log', room: 'larder' }
const skip = need('rabbitmq').skip || need('haproxy').skip

describe('Three nodes of RabbitMQ are one cluster again without help', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'recovery-test-'))
  let house: Awaited<ReturnType<typeof setUpHouse>>
  let cluster: BrokerCluster
  let fleet: Awaited<ReturnType<typeof startFleet>>
  let publisher: MqttClient
  const clients: MqttClient[] = []
  before(async () => {
    // No client uses the login of pi-4.
    house = await setUpHouse([...sensors, 'pi-4'], script)
    cluster = await startBrokerCluster(house.files, { username: 'pi-4', password: house.passwords.get('pi-4') ?? '' })
    fleet = await startFleet(cluster, house.passwords, folder)
    for (const id of sensors) await fleet.start(id)
    for (const id of sensors) await eventually(fleet.isOnline(id))
    publisher = connect(script.name)
  })
  after(async () => {
    for (const client of clients) client.end(true)
    await fleet?.closeSensors()
    await fleet?.close()
    await cluster?.stop()
    house?.remove()
    rmSync(folder, { recursive: true })
  })

  const connect = (user: string, clean = true) => {
    const client = mqtt.connect(cluster.url, { username: user, password: house.passwords.get(user), clientId: user, clean })
    client.on('error', () => {})
    clients.push(client)
    return client
  }
  const publish = (value: number) => publisher.publishAsync('home/larder/temperature', `${value}`, { qos: 1 })
  /** A persistent session of the guest with a message for it, whose client is away. */
  const leaveMessage = async (value: number) => {
    const guest = connect('guest', false)
    await guest.subscribeAsync('home/larder/temperature', { qos: 1 })
    await guest.endAsync()
    await publish(value)
  }
  const fetchMessages = async (last: number) => {
    const received: number[] = []
    const guest = connect('guest', false)
    guest.on('message', (_, payload) => void received.push(Number(payload)))
    await eventually(() => received.includes(last), 30_000)
    await guest.endAsync()
    return new Set(received)
  }
  /** Waits until rows that were measured later than now have arrived. */
  const untilReadingsArrive = async (timeout: number) => {
    const now = Date.now()
    for (const id of sensors) await eventually(() => fleet.newest(id) > now, timeout)
  }

  it('after one of them was frozen for so long that the others counted it as down', async () => {
    await leaveMessage(1)
    const frozen = await cluster.nodeOf('monitor')
    assert.ok(frozen)
    const others = cluster.nodes.filter((node) => node !== frozen)
    frozen.freeze()
    const isDown = async (node: RabbitmqNode) => !(await node.ctl('eval', 'nodes().')).includes(frozen.name)
    for (const node of others) await eventually(() => isDown(node), 25_000, { interval: 500 })
    await untilReadingsArrive(20_000)
    await publish(2)
    frozen.resume()
    await cluster.untilWhole()
    await publish(3)
    assert.deepEqual(await fetchMessages(3), new Set([1, 2, 3]))
    await untilReadingsArrive(20_000)
  })

  it('in less than 30 s after two of them died, though neither finds a majority at its start', async () => {
    await leaveMessage(4)
    const [first, ...others] = cluster.nodes
    assert.ok(first)
    await Promise.all(others.map((node) => node.kill()))
    await eventually(async () => !(await fleet.isConnected()))
    // The sensors take readings meanwhile.
    const [down, backlog] = [Date.now(), 3000]
    await eventually(() => Date.now() - down > backlog)
    for (const node of others) node.start()
    await cluster.untilNodesAnswer(undefined, 30_000)
    await cluster.untilWhole()
    await untilReadingsArrive(20_000)
    await publish(5)
    assert.deepEqual(await fetchMessages(5), new Set([4, 5]))
  })

  it('and each reading of the sensors is stored exactly once', () => fleet.assertStoredOnce())
})
