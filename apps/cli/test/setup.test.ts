import assert from 'node:assert/strict'
import { readFile, rm, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { allowed, parseAcl } from '@hearthwatch/broker/acl'
import { hashPassword, parsePasswords, verify } from '@hearthwatch/broker/passwd'
import { readEnv } from '@hearthwatch/settings'
import { runSetup as setup } from '../command.ts'
import { contents, temporaryFolder } from './temporary-folder.ts'

const made = [
  '.env',
  '.env.guest',
  '.env.sensor',
  'mosquitto/acl.made',
  'mosquitto/certs/ca.crt',
  'mosquitto/certs/ca.key',
  'mosquitto/certs/server.crt',
  'mosquitto/certs/server.key',
  'mosquitto/passwd',
]

describe('setup in a fresh clone', () => {
  let dir: string
  before(async () => {
    dir = await temporaryFolder()
    const { code, errors } = await setup(['--dir', dir, '--sensor', 'pi-1', '--room', '客廳', '--probe', 'simulated'])
    assert.deepEqual({ code, errors }, { code: 0, errors: '' })
  })
  after(() => rm(dir, { recursive: true }))

  const env = async (file: string) => readEnv(await readFile(join(dir, file), 'utf8'))
  const passwords = async () => parsePasswords(await readFile(join(dir, 'mosquitto/passwd'), 'utf8'))

  it('setup makes settings, password file, access list and certificates', async () => {
    assert.deepEqual(Object.keys(await contents(dir)).sort(), made)
  })

  it('secret files are readable only by their owner', async () => {
    for (const [file, { mode }] of Object.entries(await contents(dir))) assert.equal(mode, file.endsWith('.crt') ? '0644' : '0600', file)
  })

  it('the passwords of the monitor, the guest and the sensor match the password file', async () => {
    for (const [file, user] of Object.entries({ '.env': 'monitor', '.env.guest': 'guest', '.env.sensor': 'pi-1' })) {
      const { MQTT_USERNAME, MQTT_PASSWORD = '' } = await env(file)
      assert.equal(MQTT_USERNAME, user)
      assert.ok(await verify(await passwords(), user, MQTT_PASSWORD), user)
    }
  })

  it('each password is different, and consists of seven groups of four characters', async () => {
    const all = [
      (await env('.env')).MQTT_PASSWORD,
      (await env('.env')).DASHBOARD_PASSWORD,
      (await env('.env.guest')).MQTT_PASSWORD,
      (await env('.env.sensor')).MQTT_PASSWORD,
    ]
    assert.equal(new Set(all).size, 4)
    for (const password of all) assert.match(password ?? '', /^[a-hjkmnp-z2-9]{4}(-[a-hjkmnp-z2-9]{4}){6}$/)
  })

  it("the sensor's settings have its id, room and probe, and it can publish in its room only", async () => {
    const { SENSOR_ID, ROOM, PROBE } = await env('.env.sensor')
    assert.deepEqual({ SENSOR_ID, ROOM, PROBE }, { SENSOR_ID: 'pi-1', ROOM: '客廳', PROBE: 'simulated' })
    const acl = parseAcl(await readFile(join(dir, 'mosquitto/acl.made'), 'utf8'))
    const write = (topic: string) => allowed(acl, { username: 'pi-1', clientId: 'pi-1', action: 'write', topic })
    assert.ok(write('home/客廳/temperature'))
    assert.ok(!write('home/kitchen/temperature'))
  })

  it('a second run changes nothing, and lists each file as kept', async () => {
    const then = await contents(dir)
    const { output } = await setup(['--dir', dir])
    assert.deepEqual(await contents(dir), then)
    for (const file of made) assert.match(output, new RegExp(`^  kept +${file.replaceAll('.', '\\.')} `, 'm'))
  })

  it('only show prints passwords', async () => {
    const { output } = await setup(['--dir', dir])
    const shown = await setup(['--dir', dir, 'show'])
    const { DASHBOARD_PASSWORD = '', MQTT_PASSWORD = '' } = await env('.env')
    const guest = (await env('.env.guest')).MQTT_PASSWORD ?? ''
    for (const secret of [DASHBOARD_PASSWORD, MQTT_PASSWORD, guest]) assert.ok(!output.includes(secret))
    assert.ok(shown.output.includes(DASHBOARD_PASSWORD) && shown.output.includes(guest))
    assert.ok(!shown.output.includes(MQTT_PASSWORD))
  })

  it("show prints a sensor's settings, and the authority's certificate, exactly as in their files", async () => {
    assert.equal((await setup(['--dir', dir, 'show', 'pi-1'])).output, await readFile(join(dir, '.env.sensor'), 'utf8'))
    assert.equal((await setup(['--dir', dir, 'show', 'ca'])).output, await readFile(join(dir, 'mosquitto/certs/ca.crt'), 'utf8'))
  })
})

describe('setup in a clone with existing files', () => {
  let dir: string
  before(async () => {
    dir = await temporaryFolder()
  })
  after(() => rm(dir, { recursive: true }))
  const read = (file: string) => readFile(join(dir, file), 'utf8')

  it('missing settings are added to .env, and its other lines stay unchanged', async () => {
    const own = '# mine\nSMTP_URL=smtp://mail.home.example\nDASHBOARD_PASSWORD=\nexport MQTT_PASSWORD="correct horse"\nALERT_ABOVE=28'
    await writeFile(join(dir, '.env'), own)
    const { output } = await setup(['--dir', dir])
    assert.match(output, /^ {2}completed +\.env /m)
    const text = await read('.env')
    for (const line of own.split('\n').filter((line) => line !== 'DASHBOARD_PASSWORD=')) assert.ok(text.split('\n').includes(line), line)
    assert.equal(text.match(/DASHBOARD_PASSWORD/g)?.length, 1)
    assert.match(readEnv(text).DASHBOARD_PASSWORD ?? '', /^\w{4}-/)
  })

  it('a password that a person has chosen is used, with a slow hash', async () => {
    const passwords = parsePasswords(await read('mosquitto/passwd'))
    assert.ok(await verify(passwords, 'monitor', 'correct horse'))
    assert.match(passwords.get('monitor') ?? '', /^\$7\$100000\$/)
  })

  it('an interrupted run is completed: missing files are made, and the others stay unchanged', async () => {
    const whole = await contents(dir)
    for (const file of ['mosquitto/passwd', '.env.guest', 'mosquitto/certs/server.crt']) {
      await unlink(join(dir, file))
      const { code, output } = await setup(['--dir', dir])
      assert.equal(code, 0)
      assert.match(output, new RegExp(`^  made +${file.replaceAll('.', '\\.')} `, 'm'))
    }
    const again = await contents(dir)
    assert.deepEqual(Object.keys(again).sort(), Object.keys(whole).sort())
    for (const file of [
      '.env',
      '.env.sensor',
      'mosquitto/acl.made',
      'mosquitto/certs/ca.crt',
      'mosquitto/certs/ca.key',
      'mosquitto/certs/server.key',
    ])
      assert.deepEqual(again[file], whole[file], file)
    const passwords = parsePasswords(again['mosquitto/passwd']?.text ?? '')
    for (const [file, user] of Object.entries({ '.env': 'monitor', '.env.guest': 'guest' }))
      assert.ok(await verify(passwords, user, readEnv(again[file]?.text ?? '').MQTT_PASSWORD ?? ''), user)
  })

  it("other users and other lines of the broker's files stay unchanged", async () => {
    const hash = await hashPassword('something else')
    await writeFile(join(dir, 'mosquitto/passwd'), `# by hand\nnodered:${hash}\n${await read('mosquitto/passwd')}`)
    await writeFile(join(dir, 'mosquitto/acl.made'), `${await read('mosquitto/acl.made')}\nuser nodered\ntopic read home/#\n`)
    const then = [await read('mosquitto/passwd'), await read('mosquitto/acl.made')]
    await setup(['--dir', dir])
    assert.deepEqual([await read('mosquitto/passwd'), await read('mosquitto/acl.made')], then)
  })

  it('a password is read from the file that NAME_FILE names', async () => {
    const other = await temporaryFolder()
    await writeFile(join(other, 'secret'), 'from a file\n')
    await writeFile(join(other, '.env'), 'MQTT_PASSWORD_FILE=secret\n')
    await setup(['--dir', other])
    assert.ok(await verify(parsePasswords(await readFile(join(other, 'mosquitto/passwd'), 'utf8')), 'monitor', 'from a file'))
    assert.equal(readEnv(await readFile(join(other, '.env'), 'utf8')).MQTT_PASSWORD, undefined)
    await rm(other, { recursive: true })
  })

  it('values are filled in at their names in a copy of .env.example', async () => {
    const other = await temporaryFolder()
    await writeFile(join(other, '.env'), '#MQTT_PASSWORD=\n# What the page asks for.\n#DASHBOARD_PASSWORD=\n#HTTP_PORT=8080\n')
    await setup(['--dir', other])
    const lines = (await readFile(join(other, '.env'), 'utf8')).split('\n')
    assert.match(lines[0] ?? '', /^MQTT_PASSWORD=\w/)
    assert.match(lines[2] ?? '', /^DASHBOARD_PASSWORD=\w/)
    assert.equal(lines[3], '#HTTP_PORT=8080')
    await rm(other, { recursive: true })
  })

  it('an invalid password file is reported with its line, and setup exits with 1', async () => {
    await writeFile(join(dir, 'mosquitto/passwd'), 'monitor:plain text\n')
    const { code, errors } = await setup(['--dir', dir])
    assert.equal(code, 1)
    assert.match(errors, /^passwd, line 1: /)
    assert.ok(!errors.includes('plain text'))
  })
})
