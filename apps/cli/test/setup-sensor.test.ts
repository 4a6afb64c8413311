import assert from 'node:assert/strict'
import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { allowed, parseAcl } from '@hearthwatch/broker/acl'
import { parsePasswords, verify } from '@hearthwatch/broker/passwd'
import { readEnv } from '@hearthwatch/settings'
import { runSetup as setup } from '../command.ts'
import type { SensorResult } from '../sensor/result.ts'
import { contents, temporaryFolder } from './temporary-folder.ts'

describe('setup sensor', () => {
  let dir: string
  before(async () => {
    dir = await temporaryFolder()
    await setup(['--dir', dir, '--sensor', 'pi-1', '--room', 'kitchen'])
  })
  after(() => rm(dir, { recursive: true }))
  const read = (file: string) => readFile(join(dir, file), 'utf8')
  const env = async (file: string) => readEnv(await read(file))
  const sensor = (...args: string[]) => setup(['--dir', dir, 'sensor', ...args])
  const add = (...args: string[]) => sensor('add', ...args, '--broker', '192.168.1.10')
  const json = async (...args: string[]) => JSON.parse((await sensor(...args, '--json')).output) as SensorResult
  const writes = async (username: string, topic: string) =>
    allowed(parseAcl(await read('mosquitto/acl.made')), { username, clientId: username, action: 'write', topic })
  const logsIn = async (user: string, password = '') => verify(parsePasswords(await read('mosquitto/passwd')), user, password)

  it('add makes an env file, a user at the broker and the rights for the room', async () => {
    assert.equal((await add('living room', '--id', 'pi-2', '--probe', 'w1')).code, 0)
    const { ROOM, PROBE, STATUS_TOPIC, MQTT_PASSWORD, MQTT_URL, MQTT_CA_FILE } = await env('.env.sensor.pi-2')
    assert.deepEqual([ROOM, PROBE, STATUS_TOPIC], ['living room', 'w1', undefined])
    assert.deepEqual([MQTT_URL, MQTT_CA_FILE], ['mqtts://192.168.1.10:8883', 'ca.crt'])
    assert.ok(await logsIn('pi-2', MQTT_PASSWORD))
    assert.ok(await writes('pi-2', 'home/living room/temperature'))
  })

  it('add prints one block, which makes the settings and the authority on the other machine', async () => {
    const { output } = await add('living room', '--id', 'pi-2')
    assert.ok(output.includes(`cat > .env.sensor <<'HEARTHWATCH'\n${await read('.env.sensor.pi-2')}HEARTHWATCH\n`))
    assert.ok(output.includes(`cat > ca.crt <<'HEARTHWATCH'\n${await read('mosquitto/certs/ca.crt')}HEARTHWATCH\n`))
  })

  it('--out makes two files instead, and never replaces those of another sensor', async () => {
    const out = join(dir, 'out')
    const { output } = await add('living room', '--id', 'pi-2', '--out', out)
    assert.deepEqual(Object.keys(await contents(out)), ['.env.sensor', 'ca.crt'])
    assert.equal((await contents(out))['.env.sensor']?.mode, '0600')
    assert.ok(!output.includes((await env('.env.sensor.pi-2')).MQTT_PASSWORD ?? '-'))
    assert.equal((await add('attic', '--id', 'pi-x', '--out', out)).code, 1)
    await sensor('remove', 'pi-x')
    await rm(out, { recursive: true })
  })

  it('a sensor without an id gets one like its room, in any script', async () => {
    const { sensor: first } = JSON.parse((await add('Living Room', '--json')).output) as SensorResult
    const { sensor: second } = JSON.parse((await add('客廳', '--json')).output) as SensorResult
    assert.deepEqual([first?.id, second?.id], ['living-room', 'sensor'])
    assert.equal((await json('list')).sensors?.length, 4)
    for (const id of ['living-room', 'sensor']) await sensor('remove', id)
  })

  it('the rooms in PROBES of its env file are its own at the broker after the next run', async () => {
    await appendFile(join(dir, '.env.sensor.pi-2'), 'PROBES=w1-28-0316a1b2c3d4=wine cellar w1-28-0316a1b2c3d5=冰箱\n')
    await setup(['--dir', dir])
    const rooms = ['living room', 'wine cellar', '冰箱', 'kitchen']
    const may = await Promise.all(rooms.map((room) => writes('pi-2', `home/${room}/temperature`)))
    assert.deepEqual(may, [true, true, true, false])
  })

  it('the second sensor of a room has its own status topic', async () => {
    await add('kitchen', '--id', 'pi-3')
    assert.equal((await env('.env.sensor.pi-3')).STATUS_TOPIC, 'device/pi-3/status')
    assert.equal((await env('.env.sensor')).STATUS_TOPIC, undefined)
  })

  it('the address of the broker is added to its certificate; without one, an address of this machine is taken', async () => {
    await setup(['--dir', dir, 'sensor', 'add', 'attic', '--id', 'pi-4', '--broker', 'Hearth.home.example'])
    assert.equal((await env('.env.sensor.pi-4')).MQTT_URL, 'mqtts://Hearth.home.example:8883')
    const { output } = await setup(['--dir', dir])
    assert.match(output, /for localhost.*hearth\.home\.example/)
    await setup(['--dir', dir, 'sensor', 'add', 'attic', '--id', 'pi-4', '--broker', '10.1.2.3'])
    assert.equal((await env('.env.sensor.pi-4')).MQTT_URL, 'mqtts://10.1.2.3:8883', 'a new address replaces the old one')
  })

  it('each probe may have a room of its own', async () => {
    await add('fridge', '--id', 'pi-6', '--probes', 'w1-28-0316a1b2c3d4=fridge cpu=living room')
    assert.equal((await env('.env.sensor.pi-6')).PROBES, 'w1-28-0316a1b2c3d4=fridge cpu=living room')
    assert.ok((await writes('pi-6', 'home/living room/temperature')) && !(await writes('pi-6', 'home/living room/sensor/status')))
  })

  it('other probes of a sensor that exists replace its old ones, and its rights follow', async () => {
    await add('fridge', '--id', 'pi-6', '--probes', 'w1-28-0316a1b2c3d4=fridge cpu=cellar')
    assert.equal((await env('.env.sensor.pi-6')).PROBES, 'w1-28-0316a1b2c3d4=fridge cpu=cellar')
    assert.ok((await writes('pi-6', 'home/cellar/temperature')) && !(await writes('pi-6', 'home/living room/temperature')))
  })

  it('a sensor on this machine needs no address with --here', async () => {
    assert.equal((await sensor('add', 'hall', '--id', 'pi-7', '--here')).code, 0)
    assert.equal((await env('.env.sensor.pi-7')).MQTT_URL, undefined)
  })

  it('later runs leave an added sensor unchanged', async () => {
    const then = await contents(dir)
    await setup(['--dir', dir])
    await add('living room', '--id', 'pi-2')
    assert.deepEqual(await contents(dir), then)
  })

  it('add refuses another room for an existing sensor, and names the way', async () => {
    const { code, errors } = await add('cellar', '--id', 'pi-2')
    assert.equal(code, 2)
    assert.match(errors, /pi-2 is in living room.*setup sensor move pi-2/)
  })

  it('rotate gives a new password, and the old one is void', async () => {
    const before = (await env('.env.sensor.pi-2')).MQTT_PASSWORD
    const { sensor: account } = await json('rotate', 'pi-2')
    assert.notEqual(account?.password, before)
    assert.ok((await logsIn('pi-2', account?.password)) && !(await logsIn('pi-2', before)))
  })

  it('move changes the room, the rights, and the status topic if the room has a sensor already', async () => {
    await json('move', 'pi-2', 'kitchen')
    assert.ok((await writes('pi-2', 'home/kitchen/temperature')) && !(await writes('pi-2', 'home/living room/temperature')))
    const { ROOM, STATUS_TOPIC } = await env('.env.sensor.pi-2')
    assert.deepEqual([ROOM, STATUS_TOPIC], ['kitchen', 'device/pi-2/status'])
  })

  it('remove takes the settings, the user and the rights away, and no later run brings them back', async () => {
    const { MQTT_PASSWORD } = await env('.env.sensor.pi-3')
    await json('remove', 'pi-3')
    await setup(['--dir', dir])
    assert.ok(!(await logsIn('pi-3', MQTT_PASSWORD)) && !(await writes('pi-3', 'home/kitchen/temperature')))
    assert.doesNotMatch(await read('mosquitto/acl.made'), /pi-3/)
    assert.deepEqual(
      (await json('list')).sensors?.map(({ id }) => id),
      ['pi-1', 'pi-2', 'pi-4', 'pi-6', 'pi-7'],
    )
  })

  it('a file with an invalid line is refused before anything is put in place', async () => {
    const acl = await read('mosquitto/acl.made')
    await appendFile(join(dir, 'mosquitto/acl.made'), '\nuser nodered\ntopic red home/#\n')
    const broken = await contents(dir)
    const { code, errors } = await sensor('remove', 'pi-6')
    assert.equal(code, 1)
    assert.match(errors, /acl\.made, line \d+: .*red/)
    assert.equal((await sensor('rotate', 'pi-6')).code, 1)
    assert.deepEqual(await contents(dir), broken)
    await writeFile(join(dir, 'mosquitto/acl.made'), acl)
  })

  it('messages are in Chinese where the language is', async () => {
    const { output } = await setup(['--dir', dir, 'sensor', 'show', 'pi-2'], { language: 'zh-TW' })
    assert.match(output, /在 pi-2 的機器上/)
  })

  it('a change of the committed access list arrives, the file is never written, and lines of people stay', async () => {
    const clone = await temporaryFolder()
    await mkdir(join(clone, 'mosquitto'))
    await writeFile(join(clone, 'mosquitto/acl'), 'user monitor\ntopic readwrite home/#\n')
    await setup(['--dir', clone, '--sensor', 'pi-1', '--room', 'kitchen'])
    await appendFile(join(clone, 'mosquitto/acl.made'), '\nuser nodered\ntopic read home/#\n')
    await writeFile(join(clone, 'mosquitto/acl'), 'user monitor\ntopic readwrite home/#\ntopic read fresh/#\n')
    const committed = await readFile(join(clone, 'mosquitto/acl'), 'utf8')
    await setup(['--dir', clone, 'sensor', 'add', 'attic', '--id', 'pi-2', '--broker', '10.0.0.1'])
    const acl = parseAcl(await readFile(join(clone, 'mosquitto/acl.made'), 'utf8'))
    assert.deepEqual([...acl.users.keys()], ['monitor', 'pi-1', 'nodered', 'pi-2'])
    assert.ok(allowed(acl, { username: 'monitor', clientId: 'monitor', action: 'read', topic: 'fresh/air' }))
    assert.equal(await readFile(join(clone, 'mosquitto/acl'), 'utf8'), committed)
    await rm(clone, { recursive: true })
  })
})
