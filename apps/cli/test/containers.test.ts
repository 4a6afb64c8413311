import assert from 'node:assert/strict'
import { mkdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { allowed, parseAcl } from '@hearthwatch/broker/acl'
import { parsePasswords, verify } from '@hearthwatch/broker/passwd'
import { readEnv } from '@hearthwatch/settings'
import { runSetup } from '../command.ts'
import { openContainers } from '../installation/containers.ts'
import { contents, temporaryFolder } from './temporary-folder.ts'

const services = ['--sensor', 'sensor-1', '--room', 'living-room', '--sensor', 'sensor-2', '--room', 'kitchen']
const volumes = ['house', 'broker', 'monitor', 'sensor-1', 'sensor-2']

async function emptyVolumes(): Promise<string> {
  const root = await temporaryFolder()
  for (const volume of volumes) await mkdir(join(root, volume))
  return root
}

describe('setup for containers', () => {
  let root: string
  before(async () => {
    root = await emptyVolumes()
    const { code, errors } = await setup()
    assert.deepEqual({ code, errors }, { code: 0, errors: '' })
  })
  after(() => rm(root, { recursive: true }))

  const setup = (...args: string[]) => runSetup(['compose', '--dir', root, ...services, ...args])
  const read = async (file: string) => (await readFile(join(root, file), 'utf8')).trimEnd()
  const accounts = async () => parsePasswords(await read('broker/passwd'))

  it('each volume contains only the files of its service', async () => {
    assert.deepEqual(Object.keys(await contents(root)).sort(), [
      'broker/acl',
      'broker/ca.crt',
      'broker/mosquitto.conf',
      'broker/passwd',
      'broker/server.crt',
      'broker/server.key',
      'house/ca.key',
      'house/guest-password',
      'monitor/ca.crt',
      'monitor/dashboard-password',
      'monitor/mqtt-password',
      'sensor-1/ca.crt',
      'sensor-1/mqtt-password',
      'sensor-2/ca.crt',
      'sensor-2/mqtt-password',
    ])
  })

  it('only their owners can read folders and secrets', async () => {
    for (const volume of volumes) assert.equal((await stat(join(root, volume))).mode & 0o777, 0o700, volume)
    for (const [file, { mode }] of Object.entries(await contents(root))) assert.equal(mode, file.endsWith('.crt') ? '0644' : '0600', file)
  })

  const isRoot = process.getuid?.() === 0
  it('each volume belongs to the user of its image', { skip: isRoot ? false : 'only root can change owners' }, async () => {
    const owners = { broker: 1883, monitor: 1000, 'sensor-1': 1000, 'sensor-2': 1000, house: 0 }
    for (const [volume, owner] of Object.entries(owners)) {
      assert.equal((await stat(join(root, volume))).uid, owner)
      for (const file of Object.keys(await contents(join(root, volume))))
        assert.equal((await stat(join(root, volume, file))).gid, owner, file)
    }
  })

  it('the monitor, the guest and every sensor can log in, and each sensor can publish in its room only', async () => {
    for (const [user, file] of Object.entries({
      monitor: 'monitor/mqtt-password',
      guest: 'house/guest-password',
      'sensor-1': 'sensor-1/mqtt-password',
      'sensor-2': 'sensor-2/mqtt-password',
    }))
      assert.ok(await verify(await accounts(), user, await read(file)), user)
    const acl = parseAcl(await read('broker/acl'))
    const write = (username: string, topic: string) => allowed(acl, { username, clientId: username, action: 'write', topic })
    assert.ok(write('sensor-1', 'home/living-room/temperature') && write('sensor-2', 'home/kitchen/temperature'))
    assert.ok(!write('sensor-1', 'home/kitchen/temperature'))
  })

  it('a second run changes nothing', async () => {
    const then = await contents(root)
    const { output } = await setup()
    assert.deepEqual(await contents(root), then)
    assert.doesNotMatch(output, /^ {2}(made|completed|renewed)/m)
  })

  it("show prints the page's and the guest's password", async () => {
    const { output } = await setup('show')
    assert.ok(output.includes(await read('monitor/dashboard-password')))
    assert.ok(output.includes(await read('house/guest-password')))
  })

  it('a new authority is copied to every volume, and the broker must reload', async () => {
    const { 'sensor-1/ca.crt': before } = await contents(root)
    await rm(join(root, 'house/ca.key'))
    await rm(join(root, 'broker/ca.crt'))
    const { output } = await setup()
    const after = await contents(root)
    assert.notEqual(after['sensor-1/ca.crt']?.text, before?.text)
    for (const volume of ['broker', 'monitor', 'sensor-2']) assert.equal(after[`${volume}/ca.crt`]?.text, after['sensor-1/ca.crt']?.text)
    assert.match(output, /docker compose kill -s HUP broker/)
  })

  it('sensor add makes the settings of a sensor on another machine, and show prints them', async () => {
    const { output } = await setup('sensor', 'add', 'kitchen', '--id', 'pi-1', '--broker', 'mqtts://192.168.1.10:8883')
    assert.match(output, /docker compose kill -s HUP broker/)
    const shown = readEnv((await setup('show', 'pi-1')).output)
    assert.deepEqual(
      { MQTT_URL: shown.MQTT_URL, STATUS_TOPIC: shown.STATUS_TOPIC },
      { MQTT_URL: 'mqtts://192.168.1.10:8883', STATUS_TOPIC: 'device/pi-1/status' },
    )
    assert.ok(await verify(await accounts(), 'pi-1', shown.MQTT_PASSWORD ?? ''))
    assert.equal((await setup('show', 'ca')).output.trimEnd(), await read('broker/ca.crt'))
    const then = await contents(root)
    await setup()
    assert.deepEqual(await contents(root), then)
  })

  it('device add makes a login in the volumes of setup and broker, and later runs keep it', async () => {
    const add = () => setup('device', 'add', 'larder', '--kind', 'tasmota', '--broker', '192.168.1.10', '--json')
    const { device, reload, open } = JSON.parse((await add()).output)
    assert.equal(device.username, 'larder')
    assert.deepEqual([reload, open], [['docker compose kill -s HUP broker'], 'BROKER_PLAIN_BIND=0.0.0.0'])
    assert.equal((await stat(join(root, 'house/.env.device.larder'))).mode & 0o777, 0o600)
    const acl = await readFile(join(root, 'broker/acl'), 'utf8')
    assert.ok(allowed(parseAcl(acl), { username: 'larder', clientId: 'larder', action: 'write', topic: 'tele/larder/SENSOR' }))
    const then = await contents(root)
    await setup()
    await add()
    assert.deepEqual(await contents(root), then)
    assert.equal((await setup('device', 'add', 'sensor-1', '--kind', 'shelly', '--broker', '192.168.1.10')).code, 2)
    assert.equal((await setup('device', 'remove', 'larder')).code, 0)
    assert.doesNotMatch(await readFile(join(root, 'broker/acl'), 'utf8'), /larder/)
  })

  it('a second sensor with the same id, and a service without a volume, are refused', async () => {
    const same = await setup('sensor', 'add', 'attic', '--id', 'sensor-1', '--broker', '192.168.1.10')
    assert.equal(same.code, 2)
    assert.match(same.errors, /docker compose run --rm setup --help/, 'the command that a person types')
    const { code, errors } = await setup('--sensor', 'sensor-3', '--room', 'attic')
    assert.equal(code, 1)
    assert.match(errors, /No volume is mounted on .*sensor-3/)
  })

  it('show fails before the first run', async () => {
    const empty = await emptyVolumes()
    const { code, errors } = await runSetup(['compose', '--dir', empty, ...services, 'show'])
    assert.equal(code, 1)
    assert.match(errors, /docker compose up creates it/)
    await rm(empty, { recursive: true })
  })
})

describe('passwords that a person has chosen in .env', () => {
  it('passwords in .env replace generated ones, also in a later run', async () => {
    const root = await emptyVolumes()
    const request = { own: [], hosts: [] }
    const sensors = [
      { id: 'sensor-1', room: 'living-room' },
      { id: 'sensor-2', room: 'kitchen' },
    ]
    await openContainers(root, sensors, {}).make(request, Date.now())
    const installation = openContainers(root, sensors, { MQTT_PASSWORD: 'for the broker', DASHBOARD_PASSWORD: 'for the page' })
    const { reload } = await installation.make(request, Date.now())
    assert.ok(reload)
    assert.equal((await installation.secrets()).page, 'for the page')
    assert.ok(await verify(parsePasswords(await readFile(join(root, 'broker/passwd'), 'utf8')), 'monitor', 'for the broker'))
    await rm(root, { recursive: true })
  })
})
