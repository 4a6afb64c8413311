import assert from 'node:assert/strict'
import { once } from 'node:events'
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { allowed, parseAcl } from '@hearthwatch/broker/acl'
import { parsePasswords, verify } from '@hearthwatch/broker/passwd'
import { runSetup as setup } from '../command.ts'
import { readEnv } from '../envfile.ts'
import { contents, temporaryFolder } from './temporary-folder.ts'

describe('an added sensor', () => {
  let dir: string
  before(async () => {
    dir = await temporaryFolder()
    await setup(['--dir', dir, '--sensor', 'pi-1', '--room', 'kitchen'])
  })
  after(() => rm(dir, { recursive: true }))
  const env = async (file: string) => readEnv(await readFile(join(dir, file), 'utf8'))

  it('add-sensor makes an env file, a user at the broker and the rights for the room', async () => {
    const { code, output } = await setup(['--dir', dir, 'add-sensor', 'pi-2', 'living room', '--probe', 'w1'])
    assert.equal(code, 0)
    assert.match(output, /^ {2}made +\.env\.sensor\.pi-2 /m)
    const { ROOM, PROBE, STATUS_TOPIC, MQTT_PASSWORD = '' } = await env('.env.sensor.pi-2')
    assert.deepEqual({ ROOM, PROBE, STATUS_TOPIC }, { ROOM: 'living room', PROBE: 'w1', STATUS_TOPIC: undefined })
    assert.ok(await verify(parsePasswords(await readFile(join(dir, 'mosquitto/passwd'), 'utf8')), 'pi-2', MQTT_PASSWORD))
    const acl = parseAcl(await readFile(join(dir, 'mosquitto/acl'), 'utf8'))
    assert.ok(allowed(acl, { username: 'pi-2', clientId: 'pi-2', action: 'write', topic: 'home/living room/temperature' }))
  })

  it('the second sensor of a room has its own status topic', async () => {
    await setup(['--dir', dir, 'add-sensor', 'pi-3', 'kitchen'])
    assert.equal((await env('.env.sensor.pi-3')).STATUS_TOPIC, 'device/pi-3/status')
    assert.equal((await env('.env.sensor')).STATUS_TOPIC, undefined)
  })

  it("--broker sets the address and the authority in the sensor's settings, and adds the host to the certificate", async () => {
    const { output } = await setup(['--dir', dir, 'add-sensor', 'pi-4', 'attic', '--broker', 'mqtts://Hearth.home.example:8883'])
    assert.match(output, /^ {2}renewed +mosquitto\/certs\/server\.crt .*\(it lacked hearth\.home\.example\)$/m)
    const { MQTT_URL, MQTT_CA_FILE } = await env('.env.sensor.pi-4')
    assert.deepEqual({ MQTT_URL, MQTT_CA_FILE }, { MQTT_URL: 'mqtts://Hearth.home.example:8883', MQTT_CA_FILE: 'ca.crt' })
  })

  it('later runs leave an added sensor unchanged', async () => {
    const then = await contents(dir)
    await setup(['--dir', dir])
    await setup(['--dir', dir, 'add-sensor', 'pi-2', 'living room'])
    assert.deepEqual(await contents(dir), then)
  })

  it('setup explains the reload by SIGHUP if a broker is running and its files have changed', async () => {
    const broker = createServer().listen(0, '127.0.0.1')
    await once(broker, 'listening')
    await appendFile(join(dir, '.env'), `BROKER_PORT=${(broker.address() as AddressInfo).port}\n`)
    const { output } = await setup(['--dir', dir, 'add-sensor', 'pi-5', 'hall'])
    assert.match(output, /A broker is running on this machine\. It reads its new files on SIGHUP/)
    const again = await setup(['--dir', dir])
    assert.doesNotMatch(again.output, /SIGHUP/, 'no file has changed')
    broker.close()
  })

  it('add-sensor refuses another room for an existing sensor', async () => {
    const { code, errors } = await setup(['--dir', dir, 'add-sensor', 'pi-2', 'cellar'])
    assert.equal(code, 2)
    assert.match(errors, /\.env\.sensor\.pi-2 has ROOM=living room, not cellar/)
  })

  it('a sensor moves when ROOM in its file changes', async () => {
    const file = join(dir, '.env.sensor.pi-2')
    await writeFile(file, (await readFile(file, 'utf8')).replace(/^ROOM=.*$/m, 'ROOM=cellar'))
    await setup(['--dir', dir])
    const acl = parseAcl(await readFile(join(dir, 'mosquitto/acl'), 'utf8'))
    const write = (topic: string) => allowed(acl, { username: 'pi-2', clientId: 'pi-2', action: 'write', topic })
    assert.ok(write('home/cellar/temperature') && !write('home/living room/temperature'))
  })
})
