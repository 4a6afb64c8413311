import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { silent } from '@hearthwatch/log'
import { type BrokerCluster, startBrokerCluster } from '@hearthwatch/testhouse/brokers/broker-cluster'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { need } from '@hearthwatch/testhouse/need'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import { type Sensor, startSensor } from '../../apps/sensor/agent.ts'
import { readConfig } from '../../apps/sensor/config.ts'
import { setUpHouse } from './house.ts'

const script = { name: 'log', room: 'larder' }
const sensors = ['pi-1', 'pi-2', 'pi-3', 'pi-4']
const skip = need('rabbitmq').skip || need('haproxy').skip

const next = (client: MqttClient, event: 'connect' | 'close') => new Promise<void>((resolve) => client.once(event, () => resolve()))

interface Device {
  id: string
  status: string
  missing: number
  seq: number
}

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

    it('TLS with the certificate of the house', async () => {
      const { opened } = await connect('pi-1', { ca: house.authority }, `mqtts://localhost:${cluster.balancer.tlsPort}`)
      assert.ok(opened)
    })
  })

  describe('bring the readings of sensors to the monitor', () => {
    let monitor: TestMonitor
    const ends: { close(): Promise<unknown> }[] = []
    const pace = { READ_INTERVAL: '0.1', BATCH_INTERVAL: '0.2', HEARTBEAT_INTERVAL: '1' }
    const settingsOf = (id: string): Record<string, string> => ({
      ...{ SENSOR_ID: id, ROOM: `room-of-${id}`, PROBE: 'simulated', OUTBOX_DIR: join(folder, id), ...pace },
      ...{ MQTT_URL: cluster.url, MQTT_USERNAME: id, MQTT_PASSWORD: passwordOf(id), MQTT_MAX_QOS: '1', MQTT_VERSION: '3.1.1' },
    })
    const taken = new Map<string, number[]>()
    const start = async (id: string): Promise<Sensor> => {
      const times = taken.get(id) ?? []
      taken.set(id, times)
      const sensor = await startSensor(readConfig(settingsOf(id), []), silent, { onAppended: ({ time }) => void times.push(time) })
      ends.push(sensor)
      return sensor
    }
    before(async () => {
      monitor = await startTestMonitor({
        ...{
          MQTT_URL: cluster.url,
          MQTT_USERNAME: 'monitor',
          MQTT_PASSWORD: passwordOf('monitor'),
          MQTT_MAX_QOS: '1',
          MQTT_VERSION: '3.1.1',
        },
        OFFLINE_AFTER: '5',
      })
      await eventually(async () => (await monitor.get<{ mqtt: string }>('/api/health')).mqtt === 'connected')
    })
    afterEach(async () => {
      for (const end of ends.splice(0)) await end.close()
    })
    after(() => monitor?.close())
    const statusOf = async (id: string) => (await monitor.get<Device[]>('/api/devices')).find((device) => device.id === id)?.status
    const isOnline = (id: string) => async () => (await statusOf(id)) === 'online'
    const newest = (id: string) =>
      monitor.rows<{ time: number | null }>(`SELECT max(time) time FROM readings WHERE device = '${id}'`)[0]?.time ?? 0
    const timesOf = (id: string) =>
      monitor
        .rows<{ time: number }>(`SELECT time FROM readings WHERE device = '${id}' AND quantity = 'temperature' ORDER BY time`)
        .map(({ time }) => time)

    it('within 10 s after the death of a node or of the balancer, each exactly once', async () => {
      const running = await Promise.all(sensors.map((id) => start(id)))
      for (const id of sensors) await eventually(isOnline(id))
      const kills = { 'pi-1': await nodeOf('pi-1'), monitor: await nodeOf('monitor'), balancer: cluster.balancer }
      for (const [name, victim] of Object.entries(kills)) {
        assert.ok(victim, name)
        await victim.kill()
        const killed = Date.now()
        if (victim === cluster.balancer) victim.start()
        // A row that was measured a second after the death has arrived: sensor, node and monitor are connected again.
        for (const id of sensors) await eventually(() => newest(id) > killed + 1000, 11_000)
        victim.start()
        await cluster.untilNodesAnswer()
      }
      for (const sensor of running) await sensor.close()
      ends.length = 0
      // They start again only to send their last rows.
      for (const id of sensors) ends.push(await startSensor(readConfig({ ...settingsOf(id), READ_INTERVAL: '86400' }, []), silent))
      for (const id of sensors) {
        await eventually(() => timesOf(id).length >= (taken.get(id)?.length ?? 0))
        assert.ok(
          taken.get(id)?.every((time) => timesOf(id).includes(time)),
          `missing rows of ${id}`,
        )
        assert.equal(timesOf(id).length, new Set(timesOf(id)).size, `double rows of ${id}`)
      }
      const devices = await monitor.get<Device[]>('/api/devices')
      assert.deepEqual(
        devices.map(({ missing }) => missing),
        [0, 0, 0, 0],
      )
    })

    it('and show a sensor as offline by its silence, if its last will died with its node', async () => {
      const env = { PATH: process.env.PATH, ...settingsOf('pi-2'), OUTBOX_DIR: join(folder, 'killed') }
      const child = fork(join(import.meta.dirname, '../../chaos/sensor-child.ts'), [join(folder, 'taken')], { env, stdio: 'ignore' })
      ends.push({ close: async () => void child.kill('SIGKILL') })
      await eventually(isOnline('pi-2'))
      const node = await nodeOf('pi-2')
      assert.ok(node)
      child.kill('SIGSTOP')
      await node.kill()
      child.kill('SIGKILL')
      await eventually(async () => (await statusOf('pi-2')) === 'offline', 20_000)
      node.start()
      await cluster.untilNodesAnswer()
    })

    it('and the desired settings of the page to a sensor on another node, which does not have them', async () => {
      const onMonitor = await nodeOf('monitor')
      let id = ''
      for (const one of sensors) {
        const sensor = await start(one)
        await eventually(isOnline(one))
        if (id === '' && (await nodeOf(one)) !== onMonitor) id = one
        ends.pop()
        await sensor.close()
      }
      assert.notEqual(id, '', 'all clients are on one node')
      await eventually(async () => (await statusOf(id)) === 'offline')
      await monitor.send('PUT', `/api/devices/${id}/config`, { ALERT_ABOVE: 42 })
      await start(id)
      const reported = async () =>
        (await monitor.get<{ reported: { ALERT_ABOVE?: number } | null }>(`/api/devices/${id}/config`)).reported?.ALERT_ABOVE === 42
      await eventually(reported)
    })
  })
})
