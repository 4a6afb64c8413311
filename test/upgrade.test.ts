import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { hashPassword } from '@hearthwatch/broker/passwd'
import { readEnv } from '@hearthwatch/settings'
import { type Mosquitto, startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { need } from '@hearthwatch/testhouse/need'
import { connectAsync, type MqttClient } from 'mqtt'
import { root } from './imports.ts'

const run = promisify(execFile)
const git = (cwd: string, ...args: string[]) =>
  run('git', ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', '-c', 'init.defaultBranch=main', ...args], { cwd })

/** A topic that only the newer list grants, and one that only the older one does. */
const added = 'topic read weather/#'
const dropped = 'topic read old-weather/#'

describe('An upgrade over a changed access list', need('mosquitto'), () => {
  let folder: string
  let upstream: string
  let clone: string
  let mosquitto: Mosquitto
  const clients: MqttClient[] = []

  const setup = (...args: string[]) => run('npm', ['run', '--silent', 'setup', '--', ...args], { cwd: clone })
  const made = () => readFile(join(clone, 'mosquitto/acl.made'), 'utf8')
  const commitAcl = async (line: string, message: string) => {
    const text = await readFile(join(root, 'mosquitto/acl'), 'utf8')
    await writeFile(join(upstream, 'mosquitto/acl'), text.replace('user guest\n', `user guest\n${line}\n`))
    await git(upstream, 'add', '--all')
    await git(upstream, 'commit', '--quiet', '--message', message)
  }
  const connect = async (username: string, password: string) => {
    const client = await connectAsync(`mqtt://127.0.0.1:${mosquitto.port}`, { username, password, clientId: username, reconnectPeriod: 0 })
    clients.push(client)
    return client
  }
  const connectBy = async (file: string) => {
    const { MQTT_USERNAME = '', MQTT_PASSWORD = '' } = readEnv(await readFile(join(clone, file), 'utf8'))
    return connect(MQTT_USERNAME, MQTT_PASSWORD)
  }
  /** Publishes to each topic in turn. @returns the topics that the receiver got before that of the last one */
  const delivered = async (from: MqttClient, to: MqttClient, topics: readonly string[]) => {
    const got: string[] = []
    to.on('message', (topic) => got.push(topic))
    await to.subscribeAsync('#', { qos: 1 })
    for (const topic of topics) await from.publishAsync(topic, '1', { qos: 1 })
    await eventually(() => got.includes(topics.at(-1) ?? ''))
    await to.unsubscribeAsync('#')
    to.removeAllListeners('message')
    return got
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'upgrade-'))
    upstream = join(folder, 'upstream')
    clone = join(folder, 'clone')
    await mkdir(upstream)
    const isSource = (path: string) => !/\/(node_modules|dist|data|test|certs)$|\/\.env(\..*)?$|\/(passwd|acl\.made)$/.test(path)
    for (const part of ['package.json', 'node24.js', '.gitignore', 'mosquitto', 'packages', 'apps/cli'])
      await cp(join(root, part), join(upstream, part), { recursive: true, filter: isSource })
    await git(upstream, 'init', '--quiet')
    await commitAcl(dropped, 'An older version')
    await git(folder, 'clone', '--quiet', upstream, clone)
    await symlink(join(root, 'node_modules'), join(clone, 'node_modules'))

    await setup('--sensor', 'pi-1', '--room', 'kitchen')
    await setup('sensor', 'add', 'attic', '--id', 'pi-2', '--broker', '192.0.2.10', '--no-compose')
    await appendFile(join(clone, 'mosquitto/passwd'), `nodered:${hashPassword('my own')}\n`)
    await appendFile(join(clone, 'mosquitto/acl.made'), '\n# mine\nuser nodered\ntopic readwrite #\n')
    const file = (name: string) => join(clone, 'mosquitto', name)
    mosquitto = await startMosquitto({
      config: ['allow_anonymous false', `password_file ${file('passwd')}`, `acl_file ${file('acl.made')}`],
    })
  })
  after(async () => {
    for (const client of clients) await client.endAsync(true)
    await mosquitto?.stop()
    await rm(folder, { recursive: true })
  })

  it('begins with the older list in force', async () => {
    const [guest, own] = [await connectBy('.env.guest'), await connect('nodered', 'my own')]
    assert.deepEqual(await delivered(own, guest, ['weather/rain', 'old-weather/rain']), ['old-weather/rain'])
    await guest.endAsync()
    await own.endAsync()
  })

  it('pulls without a complaint: setup has changed no committed file', async () => {
    // The link is no folder, which the line of .gitignore would need.
    assert.equal((await git(clone, 'status', '--porcelain')).stdout.replace('?? node_modules\n', ''), '')
    await commitAcl(added, 'A newer version')
    const { stdout, stderr } = await git(clone, 'pull', '--ff-only')
    assert.match(stdout, /mosquitto\/acl/)
    assert.doesNotMatch(stderr, /overwritten|Aborting|error/i)
  })

  it('brings the new lines with setup, and keeps the sensors and the lines of people', async () => {
    const before = await made()
    const { stdout } = await setup()
    assert.match(stdout, /^ {2}completed +mosquitto\/acl\.made/m)
    assert.equal(await made(), before.replace(dropped, added))
    for (const line of ['user pi-1', 'user pi-2', '# mine', 'user nodered']) assert.ok((await made()).includes(`${line}\n`), line)
  })

  it('is in force after a reload: new grants, none of the old ones, the sensor and the own user as before', async () => {
    const before = mosquitto.output().length
    mosquitto.reload()
    await eventually(() => mosquitto.output().slice(before).includes('Reloading config'))
    const [guest, own, sensor] = [await connectBy('.env.guest'), await connect('nodered', 'my own'), await connectBy('.env.sensor')]
    assert.deepEqual(await delivered(own, guest, ['old-weather/rain', 'weather/rain']), ['weather/rain'])
    assert.deepEqual(await delivered(sensor, guest, ['home/attic/temperature', 'home/kitchen/temperature']), ['home/kitchen/temperature'])
    assert.deepEqual(await delivered(await connectBy('.env.sensor.pi-2'), own, ['home/kitchen/temperature', 'home/attic/temperature']), [
      'home/attic/temperature',
    ])
  })
})
