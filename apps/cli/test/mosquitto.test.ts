import assert from 'node:assert/strict'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type Mosquitto, startMosquitto } from '@hearthwatch/testhouse/mosquitto'
import { need } from '@hearthwatch/testhouse/need'
import { connectAsync, type MqttClient } from 'mqtt'
import { runSetup } from '../command.ts'
import { readEnv } from '../envfile.ts'
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
        `acl_file ${file('acl')}`,
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

  it('an added sensor can log in after a reload of the running broker', async () => {
    await runSetup(['--dir', dir, 'add-sensor', 'pi-2', 'attic'])
    await assert.rejects(connect('.env.sensor.pi-2'), /Not authorized/i)
    mosquitto.reload()
    // Mosquitto reads the files some time after the signal.
    for (;;) {
      const client = await connect('.env.sensor.pi-2').catch(() => undefined)
      if (client) break
    }
  })

  it('a login without a password is refused', async () => {
    const ca = await read('mosquitto/certs/ca.crt')
    await assert.rejects(connectAsync(`mqtts://localhost:${mosquitto.port}`, { ca, reconnectPeriod: 0 }), /Not authorized/i)
  })
})
