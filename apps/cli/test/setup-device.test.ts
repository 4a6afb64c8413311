import assert from 'node:assert/strict'
import { appendFile, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { allowed, parseAcl } from '@hearthwatch/broker/acl'
import { hashPassword, parsePasswords, verify } from '@hearthwatch/broker/passwd'
import { readEnv } from '@hearthwatch/settings'
import { namesIn } from '../certificates/certificates.ts'
import { runSetup as setup } from '../command.ts'
import type { DeviceResult } from '../device/command.ts'
import { contents, temporaryFolder } from './temporary-folder.ts'

describe('setup device', () => {
  let dir: string
  before(async () => {
    dir = await temporaryFolder()
    await setup(['--dir', dir, '--sensor', 'pi-1', '--room', 'kitchen'])
  })
  after(() => rm(dir, { recursive: true }))
  const read = (file: string) => readFile(join(dir, file), 'utf8')
  const device = (...args: string[]) => setup(['--dir', dir, 'device', ...args])
  const add = (...args: string[]) => device('add', ...args, '--broker', '192.168.1.10')
  const json = async (...args: string[]) => JSON.parse((await device(...args, '--json')).output) as DeviceResult
  const writes = async (username: string, topic: string) =>
    allowed(parseAcl(await read('mosquitto/acl.made')), { username, clientId: username, action: 'write', topic })
  const logsIn = async (user: string, password = '') => verify(parsePasswords(await read('mosquitto/passwd')), user, password)

  it('add makes a user with the rights of its kind, and prints the lines for its console', async () => {
    const { code, output, errors } = await add('larder', '--kind', 'tasmota')
    assert.equal(code, 0, errors)
    const { MQTT_PASSWORD = '' } = readEnv(await read('.env.device.larder'))
    assert.ok(output.includes(`Backlog MqttHost 192.168.1.10; MqttPort 1883; MqttUser larder; MqttPassword ${MQTT_PASSWORD}; Topic larder`))
    assert.match(output, /BROKER_HOST=0\.0\.0\.0/, 'the embedded broker listens on this machine alone')
    assert.equal((await stat(join(dir, '.env.device.larder'))).mode & 0o777, 0o600)
    assert.ok(await logsIn('larder', MQTT_PASSWORD))
    assert.ok((await writes('larder', 'tele/larder/SENSOR')) && !(await writes('larder', 'device/larder/info')))
  })

  it('a second add with the same values changes nothing', async () => {
    const then = await contents(dir)
    const { output } = await add('larder', '--kind', 'tasmota')
    assert.match(output, /exists already/)
    assert.deepEqual(await contents(dir), then)
  })

  it('later runs of setup and of its other commands leave it unchanged', async () => {
    const then = await contents(dir)
    await setup(['--dir', dir])
    await setup(['--dir', dir, 'sensor', 'add', 'attic', '--id', 'pi-2', '--here'])
    await setup(['--dir', dir, 'sensor', 'remove', 'pi-2'])
    assert.deepEqual(await contents(dir), then)
  })

  it('Zigbee2MQTT may have TLS, and its block names the authority; Tasmota may not', async () => {
    const { code, output } = await device('add', 'zigbee2mqtt', '--kind', 'zigbee2mqtt', '--broker', 'mqtts://hub.home.example')
    assert.equal(code, 0)
    assert.match(output, /server: mqtts:\/\/hub\.home\.example:8883\n {2}user: zigbee2mqtt\n {2}password: [a-z0-9-]{34}\n {2}ca: /)
    assert.doesNotMatch(output, /BROKER_HOST/)
    assert.ok(namesIn(await read('mosquitto/certs/server.crt')).includes('hub.home.example'))
    assert.equal((await device('add', 'boiler', '--kind', 'tasmota', '--broker', 'mqtts://hub.home.example')).code, 2)
  })

  it('a script has a room, and may publish there and nowhere else', async () => {
    const { device: script } = await json('add', 'log', '客廳', '--kind', 'script', '--here')
    assert.equal(script?.topic, '客廳')
    assert.ok((await writes('log', 'home/客廳/temperature')) && !(await writes('log', 'home/kitchen/temperature')))
  })

  it('names the value of FOLLOW where the monitor does not follow it yet', async () => {
    const { follow } = await json('add', 'second', '--kind', 'zigbee2mqtt', '--topic', 'z2m', '--here')
    assert.match(follow ?? '', /^homeassistant,.*zigbee2mqtt,.*,zigbee2mqtt=z2m$/)
    await appendFile(join(dir, '.env'), `FOLLOW=${follow}\n`)
    assert.equal((await json('show', 'second')).follow, null)
  })

  it('rotate gives a new password, and the old one is void', async () => {
    const before = readEnv(await read('.env.device.larder')).MQTT_PASSWORD
    const { device: account } = await json('rotate', 'larder')
    assert.notEqual(account?.password, before)
    assert.ok((await logsIn('larder', account?.password)) && !(await logsIn('larder', before)))
  })

  it('list shows all of them, and remove takes user, rights and file away', async () => {
    assert.deepEqual(
      (await json('list')).devices?.map(({ name }) => name),
      ['larder', 'log', 'second', 'zigbee2mqtt'],
    )
    assert.equal((await device('remove', 'larder')).code, 0)
    assert.ok(!(await writes('larder', 'tele/larder/SENSOR')))
    assert.doesNotMatch(await read('mosquitto/passwd'), /larder/)
    await assert.rejects(read('.env.device.larder'), { code: 'ENOENT' })
  })

  it('refuses a name of another user, also of one that a person has added by hand', async () => {
    await appendFile(join(dir, 'mosquitto/passwd'), `by-hand:${await hashPassword('secret')}\n`)
    const then = await contents(dir)
    for (const name of ['pi-1', 'monitor', 'guest', 'by-hand']) assert.equal((await add(name, '--kind', 'tasmota')).code, 2, name)
    assert.deepEqual(await contents(dir), then)
  })

  const wrong: [title: string, args: string[]][] = [
    ['an unknown kind', ['add', 'lamp', '--kind', 'lamp']],
    ['no kind', ['add', 'lamp']],
    ['a name with capitals', ['add', 'Lamp', '--kind', 'shelly']],
    ['another kind for a name', ['add', 'zigbee2mqtt', '--kind', 'shelly', '--here']],
    ['a topic of another device', ['add', 'third', '--kind', 'zigbee2mqtt', '--here']],
    ['a topic of ours', ['add', 'lamp', '--kind', 'esphome', '--topic', 'home', '--here']],
    ['a script without a room', ['add', 'lamp', '--kind', 'script', '--here']],
    ['a room for a device', ['add', 'lamp', 'kitchen', '--kind', 'shelly', '--here']],
    ['an address that leads each machine to itself', ['add', 'lamp', '--kind', 'shelly', '--broker', 'localhost']],
    ['an unknown device', ['remove', 'lamp']],
    ['an option of another command', ['remove', 'zigbee2mqtt', '--kind', 'shelly']],
  ]
  for (const [title, args] of wrong) {
    it(`exits with 2 and changes nothing for ${title}`, async () => {
      const then = await contents(dir)
      const { code, errors } = await device(...args)
      assert.equal(code, 2, errors)
      assert.deepEqual(await contents(dir), then)
    })
  }
})
