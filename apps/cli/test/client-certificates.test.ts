import 'reflect-metadata'
import assert from 'node:assert/strict'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { startBroker } from '@hearthwatch/broker'
import { silent } from '@hearthwatch/log'
import { day } from '@hearthwatch/protocol/durations'
import { readEnv } from '@hearthwatch/settings'
import { startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { need } from '@hearthwatch/testhouse/need'
import { freePort } from '@hearthwatch/testhouse/ports'
import { X509Crl } from '@peculiar/x509'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import { committed } from '../broker/files.ts'
import { makeKey } from '../certificates/certificates.ts'
import { certifyClient } from '../certificates/client.ts'
import { completeCertificates } from '../certificates/files.ts'
import { runSetup } from '../command.ts'
import { openClone } from '../installation/clone.ts'
import { openContainers } from '../installation/containers.ts'
import { withCertificatePort, withCertificates } from '../mosquitto/client-certificates.ts'
import type { SensorResult } from '../sensor/result.ts'
import { temporaryFolder } from './temporary-folder.ts'

interface Running {
  /** The port that requires certificates. */
  port: number
  /** A port with passwords. */
  plain: number
  reload(): Promise<void>
  stop(): Promise<void>
}

async function mosquittoOf(dir: string): Promise<Running> {
  const port = await freePort()
  const folder = join(dir, 'mosquitto')
  const conf = withCertificates(await committed('mosquitto.conf'))
    .replaceAll(/\/mosquitto\/secrets\/(server\.\w+|clients-ca\.crt|clients\.crl)/g, `${folder}/certs/$1`)
    .replaceAll('/mosquitto/secrets/acl', `${folder}/acl.made`)
    .replaceAll('/mosquitto/secrets', folder)
    .replace(/^listener 1883$/m, '')
    .replace(/^listener 8883$/m, `listener ${port} 127.0.0.1`)
    .replace(/^(persistence_location|log_\w+) .*$/gm, '')
  const mosquitto = await startMosquitto({ config: conf.split('\n') })
  return {
    port,
    plain: mosquitto.port,
    async reload() {
      const before = mosquitto.output().length
      // Setup has sent a signal too; Mosquitto loses one that arrives while it reloads.
      const isReloaded = () => {
        mosquitto.reload()
        return mosquitto.output().slice(before).includes('Reloading config')
      }
      await eventually(isReloaded, 20_000, { interval: 100 })
    },
    stop: mosquitto.stop,
  }
}

async function embeddedOf(dir: string): Promise<Running> {
  const file = (name: string) => join(dir, 'mosquitto', name)
  const certs = (name: string) => file(`certs/${name}`)
  const broker = await startBroker({
    ...{ host: '127.0.0.1', port: 0, passwordFile: file('passwd'), aclFile: file('acl'), log: silent },
    tls: {
      ...{ host: '127.0.0.1', port: 0, certFile: certs('server.crt'), keyFile: certs('server.key') },
      clients: { caFile: certs('clients-ca.crt'), crlFile: certs('clients.crl') },
    },
  })
  return { port: broker.tlsPort, plain: broker.port, reload: broker.reload, stop: broker.close }
}

for (const [name, guard, start] of [
  ['Mosquitto', need('mosquitto'), mosquittoOf],
  ['The embedded broker', {}, embeddedOf],
] as const)
  describe(`${name} that requires client certificates`, guard, () => {
    let dir: string
    let broker: Running
    const clients: MqttClient[] = []
    const read = (file: string) => readFile(join(dir, file), 'utf8')
    const sensor = async (...args: string[]) => {
      const { code, output, errors } = await runSetup(['--dir', dir, 'sensor', ...args, '--json', '--no-compose'])
      assert.equal(code, 0, errors)
      return JSON.parse(output) as SensorResult
    }
    const add = (id: string, room: string) => sensor('add', room, '--id', id, '--broker', 'mqtts://127.0.0.1', '--here')
    /** @throws Error if the broker ends the connection before it accepts it */
    const connect = async (options: IClientOptions) => {
      const ca = await read('mosquitto/certs/ca.crt')
      const client = mqtt.connect(`mqtts://127.0.0.1:${broker.port}`, { ca, reconnectPeriod: 0, ...options })
      clients.push(client)
      await new Promise<void>((resolve, reject) => {
        client.once('connect', () => resolve())
        client.on('error', reject)
        client.once('close', () => reject(new Error('closed')))
      })
      return client
    }
    const pairOf = async (user: string) => ({
      cert: await read(`mosquitto/certs/client-${user}.crt`),
      key: await read(`mosquitto/certs/client-${user}.key`),
    })
    /** Publishes each topic and waits for the last one, which is allowed. @returns the topics that the guest received */
    const delivered = async (from: MqttClient, topics: readonly string[]) => {
      const guest = await connect(await pairOf('guest'))
      const got: string[] = []
      guest.on('message', (topic) => got.push(topic))
      await guest.subscribeAsync('home/#', { qos: 1 })
      for (const topic of topics) await from.publishAsync(topic, '21.5', { qos: 1 })
      await eventually(() => got.includes(topics.at(-1) ?? ''))
      await guest.endAsync()
      return got
    }

    before(async () => {
      dir = await temporaryFolder()
      await writeFile(join(dir, '.env'), 'BROKER_CLIENT_CERTIFICATES=required\n')
      assert.equal((await runSetup(['--dir', dir, '--sensor', 'pi-here', '--room', 'hall'])).code, 0)
      broker = await start(dir)
    })
    after(async () => {
      for (const client of clients) await client.endAsync(true)
      await broker?.stop()
      await rm(dir, { recursive: true })
    })

    it('knows a sensor by the certificate that setup has made, without a password, and grants its own room alone', async () => {
      const { sensor } = await add('pi-1', 'kitchen')
      const { MQTT_CERT_FILE, MQTT_KEY_FILE } = readEnv(sensor?.env ?? '')
      assert.deepEqual([MQTT_CERT_FILE, MQTT_KEY_FILE], ['client.crt', 'client.key'])
      await broker.reload()
      const client = await connect({ cert: sensor?.certificate ?? '', key: sensor?.key ?? '' })
      assert.deepEqual(await delivered(client, ['home/attic/temperature', 'home/kitchen/temperature']), ['home/kitchen/temperature'])
    })

    it('takes the name in the certificate, whatever user name and client id are sent', async () => {
      const client = await connect({ ...(await pairOf('pi-1')), username: 'monitor', password: 'x', clientId: 'monitor' })
      assert.deepEqual(await delivered(client, ['home/attic/temperature', 'home/kitchen/temperature']), ['home/kitchen/temperature'])
    })

    it('refuses a password alone, and a certificate of another authority', async () => {
      const { MQTT_PASSWORD = '' } = readEnv(await read('.env.sensor.pi-1'))
      await assert.rejects(connect({ username: 'pi-1', password: MQTT_PASSWORD }))
      const { files } = await completeCertificates({}, ['x'], Date.now())
      const key = makeKey()
      const foreign = await certifyClient(key, 'pi-1', { certificate: files['ca.crt'], key: files['ca.key'] ?? '' }, Date.now())
      await assert.rejects(connect({ cert: foreign, key }))
    })

    it('refuses a certificate that has ended', async () => {
      const key = makeKey()
      const authority = { certificate: await read('mosquitto/certs/ca.crt'), key: await read('mosquitto/certs/ca.key') }
      const past = await completeCertificates({ 'ca.key': authority.key }, ['x'], Date.now() - 3700 * day)
      const ended = await certifyClient(key, 'pi-1', { ...authority, certificate: past.files['ca.crt'] }, Date.now() - 3700 * day)
      assert.ok(new X509Certificate(ended).validToDate.getTime() < Date.now())
      await assert.rejects(connect({ cert: ended, key }))
    })

    it('leaves the port without TLS to passwords, for this machine', async () => {
      const { MQTT_PASSWORD: password = '' } = readEnv(await read('.env.sensor'))
      const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.plain}`, { username: 'pi-here', password, reconnectPeriod: 0 })
      clients.push(client)
      assert.deepEqual(await delivered(client, ['home/hall/temperature']), ['home/hall/temperature'])
    })

    it('refuses the former certificate of a sensor after a rotation, and takes the new one', async () => {
      const old = await pairOf('pi-1')
      const { sensor: rotated } = await sensor('rotate', 'pi-1')
      await broker.reload()
      await assert.rejects(connect(old))
      await (await connect({ cert: rotated?.certificate ?? '', key: rotated?.key ?? '' })).endAsync()
    })

    it('refuses a removed sensor, whose open connection may do nothing more; other certificates stay valid', async () => {
      await add('pi-2', 'attic')
      await broker.reload()
      const stolen = await pairOf('pi-2')
      const open = await connect({ ...stolen, clientId: 'pi-2' })
      assert.deepEqual(await delivered(open, ['home/attic/temperature']), ['home/attic/temperature'])
      await sensor('remove', 'pi-2')
      await broker.reload()
      await assert.rejects(connect(stolen))
      const watcher = await connect(await pairOf('monitor'))
      const got: string[] = []
      watcher.on('message', (topic) => got.push(topic))
      await watcher.subscribeAsync('device/#', { qos: 1 })
      open.publish('device/pi-2/info', '{}')
      const other = await connect(await pairOf('pi-1'))
      await other.publishAsync('device/pi-1/info', '{}', { qos: 1 })
      await eventually(() => got.includes('device/pi-1/info'))
      assert.deepEqual(got, ['device/pi-1/info'])
    })

    it('knows a sensor of the same id again that is added anew, but not by the former certificate', async () => {
      const { sensor } = await add('pi-2', 'attic')
      await broker.reload()
      const client = await connect({ cert: sensor?.certificate ?? '', key: sensor?.key ?? '' })
      assert.deepEqual(await delivered(client, ['home/attic/temperature']), ['home/attic/temperature'])
    })
  })

describe('Client certificates', () => {
  const daysLeft = (pem: string, now: number) => Math.round((new X509Certificate(pem).validToDate.getTime() - now) / day)

  it('under Docker Compose are in the volume of setup, and a port of their own is added for other machines', async (t) => {
    const root = await temporaryFolder()
    t.after(() => rm(root, { recursive: true }))
    for (const volume of ['house', 'broker', 'monitor']) await mkdir(join(root, volume))
    const installation = openContainers(root, [], { BROKER_CLIENT_CERTIFICATES: 'required' })
    await installation.make({ own: [], added: { id: 'pi-1', room: 'attic', broker: 'mqtts://192.0.2.1:8883' }, hosts: [] }, Date.now())
    const conf = await readFile(join(root, 'broker/mosquitto.conf'), 'utf8')
    assert.equal(conf, withCertificatePort(await committed('mosquitto.conf')))
    assert.deepEqual(conf.match(/^(listener|require_certificate|certfile) .*$/gm), [
      'listener 1883',
      'listener 8883',
      'certfile /mosquitto/secrets/server.crt',
      'listener 18883',
      'certfile /mosquitto/secrets/server.crt',
      'require_certificate true',
    ])
    assert.equal((await installation.certificateOf('pi-1'))?.certificate, await readFile(join(root, 'house/client-pi-1.crt'), 'utf8'))
    await installation.change('pi-1', { password: true }, Date.now())
    assert.match(await readFile(join(root, 'broker/clients.crl'), 'utf8'), /^-----BEGIN X509 CRL-----/)
    // The monitor offers a renewed one to the sensor.
    assert.equal(await readFile(join(root, 'monitor/client-pi-1.crt'), 'utf8'), await readFile(join(root, 'house/client-pi-1.crt'), 'utf8'))
    await assert.rejects(readFile(join(root, 'broker/client-pi-1.key')))
    // The balancer of a cluster gets the same port.
    assert.deepEqual(await installation.clientAuthorities(), {
      authorities: await readFile(join(root, 'broker/clients-ca.crt'), 'utf8'),
      revoked: await readFile(join(root, 'broker/clients.crl'), 'utf8'),
      port: 18883,
    })
  })

  it('and their list are renewed with the authority in its last 30 days, for the same keys; revoked ones stay revoked', async (t) => {
    const dir = await temporaryFolder()
    t.after(() => rm(dir, { recursive: true }))
    const read = (file: string) => readFile(join(dir, 'mosquitto/certs', file), 'utf8')
    await writeFile(join(dir, '.env'), 'BROKER_CLIENT_CERTIFICATES=required\n')
    const longAgo = Date.now() - 3630 * day
    const house = await openClone(dir)
    await house.make({ own: [], added: { id: 'pi-1', room: 'attic', broker: 'mqtts://192.0.2.1:8883' }, hosts: [] }, longAgo)
    const stolen = new X509Certificate(await read('client-pi-1.crt')).serialNumber
    await house.change('pi-1', { password: true }, longAgo)
    const before = { certificate: await read('client-pi-1.crt'), key: await read('client-pi-1.key') }
    assert.equal(daysLeft(before.certificate, Date.now()), 20)
    await house.renew(Date.now())
    assert.equal(daysLeft(await read('client-pi-1.crt'), Date.now()), 3650)
    assert.equal(await read('client-pi-1.key'), before.key)
    const list = new X509Crl(await read('clients.crl'))
    assert.ok(list.nextUpdate !== undefined && list.nextUpdate.getTime() > Date.now() + 3000 * day)
    assert.deepEqual(
      list.entries.map(({ serialNumber }) => serialNumber.toUpperCase()),
      [stolen],
    )
    const then = await read('clients.crl')
    await house.renew(Date.now())
    assert.equal(await read('clients.crl'), then)
  })

  it(
    'of the next authority are taken beside those of the present one, and a revoked key is void with both',
    need('mosquitto'),
    async (t) => {
      const dir = await temporaryFolder()
      t.after(() => rm(dir, { recursive: true }))
      const read = (file: string) => readFile(join(dir, 'mosquitto/certs', file), 'utf8')
      await writeFile(join(dir, '.env'), 'BROKER_CLIENT_CERTIFICATES=required\n')
      const house = await openClone(dir)
      const added = { id: 'pi-1', room: 'attic', broker: 'mqtts://192.0.2.1:8883' }
      // The authority ends in ten days, and has a successor since 300 days.
      await house.make({ own: [], hosts: [], added }, Date.now() - 3640 * day)
      await house.make({ own: [], hosts: [] }, Date.now() - 700 * day)
      const [key, first] = [await read('client-pi-1.key'), await read('client-pi-1.crt')]
      await house.renew(Date.now() - 300 * day)
      const second = await read('client-pi-1.crt')
      assert.equal(await read('client-pi-1.key'), key)
      assert.ok(new X509Certificate(second).checkIssued(new X509Certificate(await read('ca-next.crt'))))
      const broker = await mosquittoOf(dir)
      t.after(() => broker.stop())
      const connect = async (cert: string) => {
        const ca = await read('ca.crt')
        const client = mqtt.connect(`mqtts://127.0.0.1:${broker.port}`, { ca, cert, key, reconnectPeriod: 0 })
        const isIn = await new Promise<boolean>((resolve) => {
          client.once('connect', () => resolve(true))
          client.on('error', () => resolve(false))
          client.once('close', () => resolve(false))
        })
        await client.endAsync(true)
        return isIn
      }
      assert.deepEqual([await connect(first), await connect(second)], [true, true])
      await house.change('pi-1', { password: true }, Date.now() - 299 * day)
      await broker.reload()
      assert.deepEqual([await connect(first), await connect(second)], [false, false])
    },
  )

  it('are not made for a wrong value of the setting, which is named', async (t) => {
    const dir = await temporaryFolder()
    t.after(() => rm(dir, { recursive: true }))
    await writeFile(join(dir, '.env'), 'BROKER_CLIENT_CERTIFICATES=yes\n')
    const { code, errors } = await runSetup(['--dir', dir])
    assert.deepEqual([code, errors], [1, 'BROKER_CLIENT_CERTIFICATES must be "required", or empty; it is "yes".\n'])
  })

  it('are named in .env for a monitor that connects with TLS', async (t) => {
    const dir = await temporaryFolder()
    t.after(() => rm(dir, { recursive: true }))
    await writeFile(join(dir, '.env'), 'BROKER_CLIENT_CERTIFICATES=required\nMQTT_URL=mqtts://127.0.0.1:8883\n')
    await runSetup(['--dir', dir])
    const { MQTT_CERT_FILE = '', MQTT_KEY_FILE = '' } = readEnv(await readFile(join(dir, '.env'), 'utf8'))
    const [certificate, key] = [await readFile(join(dir, MQTT_CERT_FILE)), await readFile(join(dir, MQTT_KEY_FILE))]
    assert.ok(new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key)))
  })
})
