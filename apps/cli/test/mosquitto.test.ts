import assert from 'node:assert/strict'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { readEnv } from '@hearthwatch/settings'
import { type Mosquitto, startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { need } from '@hearthwatch/testhouse/need'
import { connectAsync, type MqttClient } from 'mqtt'
import { runSetup } from '../command.ts'
import { temporaryFolder } from './temporary-folder.ts'

describe('Mosquitto with the files that setup makes', need('mosquitto'), () => {
  let dir: string
  let mosquitto: Mosquitto
  const clients: MqttClient[] = []
  before(async () => {
    dir = await temporaryFolder()
    await runSetup(['--dir', dir, '--sensor', 'pi-1', '--room', 'kitchen'])
    const file = (name: string) => join(dir, 'mosquitto', name)
    mosquitto = await startMosquitto({
      config: [
        'allow_anonymous false',
        `password_file ${file('passwd')}`,
        `acl_file ${file('acl.made')}`,
        `certfile ${file('certs/server.crt')}`,
        `keyfile ${file('certs/server.key')}`,
      ],
    })
  })
  after(async () => {
    for (const client of clients) await client.endAsync(true)
    await mosquitto?.stop()
    await rm(dir, { recursive: true })
  })

  const read = (file: string) => readFile(join(dir, file), 'utf8')
  const connect = async (settings: string) => {
    const { MQTT_USERNAME = '', MQTT_PASSWORD = '' } = readEnv(await read(settings))
    const client = await connectAsync(`mqtts://localhost:${mosquitto.port}`, {
      username: MQTT_USERNAME,
      password: MQTT_PASSWORD,
      clientId: MQTT_USERNAME,
      ca: await read('mosquitto/certs/ca.crt'),
      reconnectPeriod: 0,
    })
    clients.push(client)
    return client
  }

  it('the monitor, the guest and the sensor log in over TLS, and a reading arrives', async () => {
    const [monitor, sensor] = [await connect('.env'), await connect('.env.sensor')]
    await connect('.env.guest')
    await monitor.subscribeAsync('home/+/temperature')
    const arrived = new Promise((resolve) => monitor.once('message', (topic, payload) => resolve([topic, String(payload)])))
    await sensor.publishAsync('home/kitchen/temperature', '21.5')
    assert.deepEqual(await arrived, ['home/kitchen/temperature', '21.5'])
  })

  it('an added sensor can log in without a restart: setup sends the running Mosquitto its signal', async () => {
    const { output } = await runSetup(['--dir', dir, 'sensor', 'add', 'attic', '--id', 'pi-2', '--broker', '192.168.1.10'])
    assert.doesNotMatch(output, /kill/)
    // Mosquitto reads the files some time after the signal.
    await eventually(() => connect('.env.sensor.pi-2').catch(() => undefined))
  })

  it('a new password, and the removal of a sensor, close its connection', async () => {
    for (const verb of ['rotate', 'remove']) {
      const client = await eventually(() => connect('.env.sensor.pi-2').catch(() => undefined))
      const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
      const { code, errors } = await runSetup(['--dir', dir, 'sensor', verb, 'pi-2'])
      assert.deepEqual({ code, errors }, { code: 0, errors: '' })
      await closed
    }
  })

  it('a login without a password is refused', async () => {
    const ca = await read('mosquitto/certs/ca.crt')
    await assert.rejects(connectAsync(`mqtts://localhost:${mosquitto.port}`, { ca, reconnectPeriod: 0 }), /Not authorized/i)
  })
})
