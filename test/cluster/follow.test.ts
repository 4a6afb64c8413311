import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { promisify } from 'node:util'
import { createBalancer } from '@hearthwatch/testhouse/brokers/haproxy'
import { createRabbitmqNode, type RabbitmqNode } from '@hearthwatch/testhouse/brokers/rabbitmq-node'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { need } from '@hearthwatch/testhouse/need'
import { freePorts } from '@hearthwatch/testhouse/ports'
import { createProcessGroup } from '@hearthwatch/testhouse/processes/process-group'
import mqtt, { type MqttClient } from 'mqtt'
import { rabbitmq } from '../../apps/cli/cluster/rabbitmq/index.ts'
import { house as withoutCertificates } from '../../apps/cli/test/cluster/table.ts'
import { setUpHouse } from './house.ts'

type House = Awaited<ReturnType<typeof setUpHouse>>

const accepts = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

const scripts = join(import.meta.dirname, '../../cluster')

describe('After a change by setup', { skip: need('rabbitmq').skip || need('haproxy').skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'follow-test-'))
  let house: House
  before(async () => {
    house = await setUpHouse(['pi-1', 'pi-2'], { name: 'log', room: 'larder' })
  })
  after(() => {
    house?.remove()
    rmSync(folder, { recursive: true })
  })

  describe('a running node of RabbitMQ', () => {
    let node: RabbitmqNode
    let end = async () => {}
    const clients: MqttClient[] = []
    const take = () => {
      for (const name of ['definitions.json', 'users'] as const) {
        writeFileSync(join(folder, `${name}.next`), house.files[name] ?? '')
        renameSync(join(folder, `${name}.next`), join(folder, name))
      }
    }
    const logIn = async (user: string, password = house.passwords.get(user) ?? '') => {
      const client = mqtt.connect(`mqtt://127.0.0.1:${node.port}`, { username: user, password, clientId: user, reconnectPeriod: 0 })
      clients.push(client)
      client.on('error', () => {})
      const closed = new Promise<boolean>((resolve) => client.once('close', () => resolve(false)))
      const opened = new Promise<boolean>((resolve) => client.once('connect', () => resolve(true)))
      return { client, closed, isAdmitted: await Promise.race([opened, closed]) }
    }
    const isAdmitted = async (user: string) => {
      const { client, isAdmitted } = await logIn(user)
      client.end(true)
      return isAdmitted
    }
    before(async () => {
      const [epmd = 0, mqttPort = 0, nodes = 0] = await freePorts(3)
      const names = ['broker-1'] as const
      const portMapper = createProcessGroup('epmd', ['-port', String(epmd)], { ERL_EPMD_ADDRESS: '127.0.0.1' })
      portMapper.start()
      const conf = house.files['rabbitmq.conf']?.replace(/^.*nodes\.[23] .*\n/gm, '') ?? ''
      node = createRabbitmqNode({
        ...{ folder, names, name: 'broker-1', files: { ...house.files, 'rabbitmq.conf': conf } },
        ports: { mqtt: mqttPort, nodes, epmd },
      })
      take()
      const following = createProcessGroup('bash', [join(scripts, 'rabbitmq/follow.sh'), folder, join(folder, 'known')], node.env)
      end = async () => {
        for (const client of clients) client.end(true)
        await Promise.all([following.end(), node.kill()])
        await portMapper.end()
      }
      node.start()
      following.start()
      await eventually(() => following.output().includes('users: '), 120_000)
      await node.ctl('add_user', 'person', 'secret')
    })
    after(() => end())

    it('admits an added sensor', async () => {
      assert.equal(await isAdmitted('pi-3'), false)
      await house.setup('sensor', 'add', 'attic', '--id', 'pi-3', '--here', '--no-compose')
      await house.renew()
      take()
      await eventually(() => isAdmitted('pi-3'), 30_000)
    })

    it('disconnects a sensor with a new password, and no other one', async () => {
      const [former, other] = [await logIn('pi-1'), await logIn('pi-2')]
      assert.deepEqual([former.isAdmitted, other.isAdmitted], [true, true])
      const password = house.passwords.get('pi-1')
      await house.setup('sensor', 'rotate', 'pi-1', '--no-compose')
      await house.renew()
      take()
      await former.closed
      assert.equal((await logIn('pi-1', password)).isAdmitted, false)
      await eventually(() => isAdmitted('pi-1'), 30_000)
      assert.ok(other.client.connected)
    })

    it('disconnects a removed sensor and admits it no more, and keeps a user that a person has made', async () => {
      const removed = await logIn('pi-3')
      assert.equal(removed.isAdmitted, true)
      await house.setup('sensor', 'remove', 'pi-3', '--no-compose')
      await house.renew()
      take()
      await removed.closed
      assert.equal(await isAdmitted('pi-3'), false)
      const users = (await node.ctl('list_users', '--no-table-headers')).split('\n').map((line) => line.split('\t')[0])
      assert.deepEqual(users.sort().filter(Boolean), ['balancer', 'guest', 'log', 'monitor', 'person', 'pi-1', 'pi-2', 'pi-9'])
    })
  })

  it('the balancer has the new certificate, and no connection of a client is cut', async () => {
    const [plain = 0, tls = 0] = await freePorts(2)
    const balancer = createBalancer({ folder, files: house.files, nodes: [], ports: { plain, tls } })
    balancer.start()
    const open = () => {
      const socket = connectTls({ port: tls, host: '127.0.0.1', ca: house.authority, ...house.certificates.guest })
      return new Promise<typeof socket | undefined>((resolve) => {
        socket.once('secureConnect', () => resolve(socket))
        socket.once('error', () => resolve(undefined))
      })
    }
    const numberOf = async () => {
      const socket = await open()
      const number = socket?.getPeerCertificate().serialNumber
      socket?.destroy()
      return number
    }
    try {
      await eventually(async () => (await numberOf()) !== undefined)
      const before = await numberOf()
      const kept = await open()
      await house.setup('--host', 'other.example')
      await house.renew()
      balancer.setFile('server.pem', house.files['server.pem'] ?? '')
      await eventually(async () => (await numberOf()) !== before, 20_000)
      // The former process of HAProxy accepts no more connections.
      for (let i = 0; i < 20; i++) assert.notEqual(await numberOf(), before)
      assert.equal(kept?.readyState, 'open')
      kept?.destroy()
    } finally {
      await balancer.kill()
    }
  })

  it('the balancer also runs in a house without certificates', async () => {
    const [plain = 0, tls = 0] = await freePorts(2)
    const files = await rabbitmq.files({ ...withoutCertificates, certificate: null })
    const texts = Object.fromEntries(files.map(({ name, text }) => [name, text]))
    const balancer = createBalancer({ folder: join(folder, 'plain'), files: texts, nodes: [], ports: { plain, tls } })
    balancer.start()
    try {
      await eventually(() => accepts(plain))
    } finally {
      await balancer.kill()
    }
  })

  it('the programs of the containers have no fault for shellcheck', need('shellcheck'), async () => {
    const files = ['rabbitmq/start.sh', 'rabbitmq/follow.sh', 'balancer/start.sh'].map((file) => join(scripts, file))
    await promisify(execFile)('shellcheck', files)
  })
})
