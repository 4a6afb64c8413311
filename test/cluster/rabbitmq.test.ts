import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { type BrokerCluster, startBrokerCluster } from '@hearthwatch/testhouse/brokers/broker-cluster'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { need } from '@hearthwatch/testhouse/need'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import { startFleet } from './fleet.ts'
import { setUpHouse } from './house.ts'

const script = { name: 'log', room: 'larder' }
const sensors = ['pi-1', 'pi-2', 'pi-3', 'pi-4']
const skip = need('rabbitmq').skip || need('haproxy').skip

const next = (client: MqttClient, event: 'connect' | 'close') => new Promise<void>((resolve) => client.once(event, () => resolve()))

describe('Three nodes of RabbitMQ behind HAProxy, with the files of setup', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cluster-test-'))
  let house: Awaited<ReturnType<typeof setUpHouse>>
  let cluster: BrokerCluster
  before(async () => {
    house = await setUpHouse(sensors, script)
    cluster = await startBrokerCluster(house.files, { username: 'guest', password: passwordOf('guest') })
  })
  after(async () => {
    await cluster?.stop()
    house?.remove()
    rmSync(folder, { recursive: true })
  })
  const passwordOf = (user: string) => house.passwords.get(user) ?? ''
  const nodeOf = (user: string) => cluster.nodeOf(user)

  describe('give each user', () => {
    const clients: MqttClient[] = []
    const received: string[] = []
    let observer: MqttClient
    const connect = async (user: string, options: IClientOptions = {}, url = cluster.url) => {
      const client = mqtt.connect(url, { username: user, password: passwordOf(user), clientId: user, reconnectPeriod: 0, ...options })
      clients.push(client)
      client.on('error', () => {})
      const closed = next(client, 'close')
      const opened = await Promise.race([next(client, 'connect').then(() => true), closed.then(() => false)])
      return { client, closed, opened }
    }
    before(async () => {
      observer = (await connect('monitor')).client
      observer.on('message', (topic) => void received.push(topic))
      await observer.subscribeAsync('#', { qos: 1 })
    })
    after(() => {
      for (const client of clients) client.end(true)
    })

    const publishes: Record<string, { may: string[]; mayNot: string[] }> = {
      'pi-1': {
        may: [
          'home/room-of-pi-1/temperature',
          'home/room-of-pi-1/sensor/status',
          'device/pi-1/info',
          'device/pi-1/readings',
          'device/pi-1/response',
        ],
        mayNot: [
          'home/room-of-pi-2/temperature',
          'device/pi-2/info',
          'device/pi-1/config',
          'monitor/status',
          'home/room-of-pi-1/a/b',
          'other',
        ],
      },
      guest: {
        may: ['home/attic/temperature', 'device/heartbeat'],
        mayNot: ['device/pi-1/readings', 'device/guest/info', 'monitor/status'],
      },
      log: { may: ['home/larder/temperature'], mayNot: ['home/room-of-pi-1/temperature', 'device/log/info'] },
      monitor: {
        may: ['device/pi-1/config', 'home/a/b', 'monitor/status', 'homeassistant/sensor/x/config'],
        mayNot: ['tele/larder/SENSOR'],
      },
    }
    for (const [user, { may, mayNot }] of Object.entries(publishes)) {
      it(`${user} the topics on which it may publish, and no others`, async () => {
        // The monitor publishes by the connection that observes; a refusal would close it.
        for (const topic of may) {
          received.length = 0
          const { client } = user === 'monitor' ? { client: observer } : await connect(user)
          await client.publishAsync(topic, 'x', { qos: 1 })
          await eventually(() => received.includes(topic), 5000)
          if (client !== observer) await client.endAsync()
        }
        for (const topic of user === 'monitor' ? [] : mayNot) {
          received.length = 0
          const { client, closed } = await connect(user)
          client.publish(topic, 'x', { qos: 1 })
          await closed
          await observer.publishAsync('monitor/marker', 'x', { qos: 1 })
          await eventually(() => received.includes('monitor/marker'), 5000)
          assert.ok(!received.includes(topic), `${user} has published on ${topic}`)
        }
      })
    }

    const reads: Record<string, { may: [filter: string, topic: string][]; mayNot: string[] }> = {
      'pi-1': {
        may: [
          ['device/pi-1/ack', 'device/pi-1/ack'],
          ['device/pi-1/config', 'device/pi-1/config'],
          ['monitor/status', 'monitor/status'],
        ],
        mayNot: ['device/pi-2/ack', 'device/+/ack', 'home/room-of-pi-2/temperature', 'home/#', '#'],
      },
      guest: {
        may: [
          ['home/#', 'home/attic/temperature'],
          ['device/+/status', 'device/pi-1/status'],
          ['monitor/#', 'monitor/status'],
        ],
        mayNot: ['device/pi-1/readings', 'device/#', '#'],
      },
    }
    for (const [user, { may, mayNot }] of Object.entries(reads))
      it(`${user} the messages that it may read, and no others`, async () => {
        for (const [filter, topic] of may) {
          const { client } = await connect(user)
          const arrived: string[] = []
          client.on('message', (at) => void arrived.push(at))
          await client.subscribeAsync(filter, { qos: 1 })
          // Another node may know of a subscription only a moment after its SUBACK.
          await eventually(async () => {
            await observer.publishAsync(topic, 'x', { qos: 1 })
            return arrived.includes(topic)
          }, 20_000)
          await client.endAsync()
        }
        for (const filter of mayNot) {
          const { client, closed } = await connect(user)
          const answer = client.subscribeAsync(filter, { qos: 1 }).then(
            (granted) => granted[0]?.qos === 128,
            () => true,
          )
          assert.ok(await Promise.race([answer, closed.then(() => true)]), `${user} has subscribed to ${filter}`)
          client.end(true)
        }
      })

    it('no other client id than its name, so that no sensor takes the place of the monitor', async () => {
      const { opened } = await connect('pi-1', { clientId: 'monitor' })
      assert.ok(!opened && observer.connected)
    })

    it('no session of another user, even without the balancer', async () => {
      const { client, closed } = await connect('pi-1', { clientId: 'pi-2', clean: false }, `mqtt://127.0.0.1:${cluster.nodes[0]?.port}`)
      client.subscribe('device/pi-1/ack', { qos: 1 })
      await closed
    })

    it('no connection without its password', async () => {
      assert.ok(!(await connect('pi-1', { password: 'wrong' })).opened)
    })

    it('TLS with its password and a client certificate of its name, which is not revoked', async () => {
      const opens = async (user: string, options: IClientOptions) =>
        (await connect(user, { ca: house.authority, ...options }, `mqtts://localhost:${cluster.balancer.tlsPort}`)).opened
      const { certificates } = house
      assert.ok(await opens('pi-9', certificates['pi-9']))
      assert.ok(await opens('guest', certificates.guest))
      assert.ok(!(await opens('pi-9', {})), 'without a certificate')
      assert.ok(!(await opens('pi-9', certificates.revoked)), 'with a revoked certificate')
      assert.ok(!(await opens('pi-9', certificates.guest)), 'with the certificate of another user')
      assert.ok(!(await opens('pi-9', { ...certificates['pi-9'], password: 'wrong' })), 'with a wrong password')
    })
  })

  describe('bring the readings of sensors to the monitor', () => {
    let fleet: Awaited<ReturnType<typeof startFleet>>
    let child: ChildProcess | undefined
    before(async () => {
      fleet = await startFleet(cluster, house.passwords, folder)
    })
    afterEach(async () => {
      child?.kill('SIGKILL')
      await fleet.closeSensors()
    })
    after(() => fleet?.close())

    it('within 10 s after the death of a node or of the balancer, each exactly once', async () => {
      for (const id of sensors) await fleet.start(id)
      for (const id of sensors) await eventually(fleet.isOnline(id))
      const kills = { 'pi-1': await nodeOf('pi-1'), monitor: await nodeOf('monitor'), balancer: cluster.balancer }
      for (const [name, victim] of Object.entries(kills)) {
        assert.ok(victim, name)
        await victim.kill()
        const killed = Date.now()
        if (victim === cluster.balancer) victim.start()
        // A row that was measured a second after the death has arrived: sensor, node and monitor are connected again.
        for (const id of sensors) await eventually(() => fleet.newest(id) > killed + 1000, 11_000)
        victim.start()
        await cluster.untilNodesAnswer()
      }
      await fleet.assertStoredOnce()
    })

    it('and show a sensor as offline by its silence, if its last will died with its node', async () => {
      const env = { PATH: process.env.PATH, ...fleet.settingsOf('pi-2'), OUTBOX_DIR: join(folder, 'killed') }
      child = fork(join(import.meta.dirname, '../../chaos/sensor-child.ts'), [join(folder, 'taken')], { env, stdio: 'ignore' })
      await eventually(fleet.isOnline('pi-2'))
      const node = await nodeOf('pi-2')
      assert.ok(node)
      child.kill('SIGSTOP')
      await node.kill()
      child.kill('SIGKILL')
      await eventually(async () => (await fleet.statusOf('pi-2')) === 'offline', 20_000)
      node.start()
      await cluster.untilNodesAnswer()
    })

    it('and the desired settings of the page to a sensor on another node, which does not have them', async () => {
      const onMonitor = await nodeOf('monitor')
      let id = ''
      for (const one of sensors) {
        await fleet.start(one)
        await eventually(fleet.isOnline(one))
        if (id === '' && (await nodeOf(one)) !== onMonitor) id = one
        await fleet.closeSensors()
      }
      assert.notEqual(id, '', 'all clients are on one node')
      await eventually(async () => (await fleet.statusOf(id)) === 'offline')
      await fleet.monitor.send('PUT', `/api/devices/${id}/config`, { ALERT_ABOVE: 42 })
      await fleet.start(id)
      const config = () => fleet.monitor.get<{ reported: { ALERT_ABOVE?: number } | null }>(`/api/devices/${id}/config`)
      await eventually(async () => (await config()).reported?.ALERT_ABOVE === 42)
    })
  })
})
