import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { readEnv } from '@hearthwatch/settings'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { find, need } from '@hearthwatch/testhouse/need'
import { freePorts } from '@hearthwatch/testhouse/ports'
import { connectAsync } from 'mqtt'
import { runSetup } from '../command.ts'
import { configurationBeside } from '../mosquitto/configuration.ts'
import { installMosquitto, mosquittoOwner } from '../mosquitto/install.ts'
import { temporaryFolder } from './temporary-folder.ts'

const ours =
  'allow_anonymous false\npassword_file /mosquitto/secrets/passwd\npersistence_location /mosquitto/data/\nlog_dest stdout\nlistener 1883\nlistener 8883\n'

describe('Our configuration beside that of another Mosquitto', () => {
  const beside = (...texts: string[]) =>
    configurationBeside(
      ours,
      texts.map((text, i) => ({ name: `conf.d/${i}.conf`, text })),
      '/etc/mosquitto/hearthwatch',
    )

  it('repeats no option that may stand once, and listens without TLS on this machine alone', () => {
    assert.deepEqual(beside('persistence_location /var/lib/mosquitto/\nlog_dest file /var/log/m.log\n').split('\n').slice(1), [
      'allow_anonymous false',
      'password_file /etc/mosquitto/hearthwatch/passwd',
      'listener 1883 127.0.0.1',
      'listener 8883',
      '',
    ])
  })

  it('is refused where another file decides who may log in, or has one of our ports', () => {
    assert.throws(() => beside('allow_anonymous true\n'), /conf\.d\/0\.conf has the line "allow_anonymous true": it decides who may log in/)
    assert.throws(() => beside('# none', 'password_file /etc/mosquitto/passwd'), /conf\.d\/1\.conf has the line "password_file/)
    assert.throws(() => beside('  listener 8883 0.0.0.0'), /that port is also ours/)
    assert.throws(() => beside('port 1883'), /that port is also ours/)
    assert.doesNotThrow(() => beside('listener 9001\nprotocol websockets\n'))
  })
})

describe("Debian's Mosquitto with the files that setup installs", need('mosquitto'), () => {
  let root: string
  let mosquitto: ChildProcess | undefined
  let owner: { uid: number; gid: number }
  const etc = () => join(root, 'etc')
  const install = () => installMosquitto({ dir: root, etc: etc(), owner })
  before(async () => {
    root = await temporaryFolder()
    await mkdir(join(root, 'etc/conf.d'), { recursive: true })
    await mkdir(join(root, 'data'))
    // As on a real machine: started by root, the broker runs as the user mosquitto.
    owner = process.getuid?.() === 0 ? await mosquittoOwner() : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
    await chmod(root, 0o711)
    await chmod(join(root, 'data'), 0o770)
    await chown(join(root, 'data'), owner.uid, owner.gid)
    const debian = [
      'persistence true',
      `persistence_location ${root}/data/`,
      `log_dest file ${root}/data/log`,
      `include_dir ${etc()}/conf.d`,
    ]
    await writeFile(join(etc(), 'mosquitto.conf'), `${debian.join('\n')}\n`)
  })
  after(async () => {
    if (mosquitto !== undefined) {
      const ended = once(mosquitto, 'exit')
      mosquitto.kill()
      await ended
    }
    await rm(root, { recursive: true })
  })

  it('is not touched before setup has made them', async () => {
    await assert.rejects(install, /mosquitto\/passwd does not exist; npm run setup creates it/)
  })

  it('are copies that only root and the group of Mosquitto can read; the monitor uses that broker', async () => {
    await runSetup(['--dir', root, '--sensor', 'pi-1', '--room', 'kitchen'])
    const { steps, command } = await install()
    assert.ok(steps.every(({ outcome }) => outcome !== 'kept'))
    assert.equal(command, 'systemctl restart mosquitto')
    for (const name of ['passwd', 'acl', 'ca.crt', 'server.crt', 'server.key'])
      assert.equal((await stat(join(etc(), 'hearthwatch', name))).mode & 0o777, 0o640, name)
    assert.equal(readEnv(await readFile(join(root, '.env'), 'utf8')).MQTT_URL, 'mqtt://127.0.0.1:1883')
  })

  it('run: the broker starts with its own main file, and a sensor logs in over TLS', async () => {
    const [plain, secure] = await freePorts(2)
    const conf = join(etc(), 'conf.d/hearthwatch.conf')
    const text = await readFile(conf, 'utf8')
    // Other tests may have the usual ports.
    await writeFile(conf, text.replace('listener 1883', `listener ${plain}`).replace('listener 8883', `listener ${secure}`))
    mosquitto = spawn(find('mosquitto') ?? '', ['-c', join(etc(), 'mosquitto.conf')], { stdio: 'ignore' })
    const { MQTT_PASSWORD = '' } = readEnv(await readFile(join(root, '.env.sensor'), 'utf8'))
    const login = { username: 'pi-1', password: MQTT_PASSWORD, ca: await readFile(join(etc(), 'hearthwatch/ca.crt')), reconnectPeriod: 0 }
    const client = await eventually(() => connectAsync(`mqtts://localhost:${secure}`, login).catch(() => null))
    await client.publishAsync('home/kitchen/temperature', '21', { qos: 1 })
    await client.endAsync()
    await assert.rejects(
      connectAsync(`mqtt://127.0.0.1:${plain}`, { username: 'pi-1', password: 'wrong', reconnectPeriod: 0 }),
      /Not authorized/i,
    )
    await writeFile(conf, text)
  })

  it('are written again after a change alone, and then need no restart', async () => {
    assert.deepEqual((await install()).command, '')
    await runSetup(['sensor', 'add', 'cellar', '--id', 'pi-2', '--here', '--dir', root, '--no-compose', '--json'])
    const { command, steps } = await install()
    assert.equal(command, 'systemctl reload mosquitto')
    assert.match(await readFile(join(etc(), 'hearthwatch/acl'), 'utf8'), /user pi-2/)
    assert.deepEqual(
      steps.filter(({ outcome }) => outcome !== 'kept').map(({ file }) => file.slice(etc().length + 1)),
      ['hearthwatch/passwd', 'hearthwatch/acl'],
    )
  })

  it('require client certificates if the setting says so, and the list of revoked ones is copied too', async () => {
    const env = join(root, '.env')
    await writeFile(env, `${await readFile(env, 'utf8')}BROKER_CLIENT_CERTIFICATES=required\n`)
    await runSetup(['--dir', root])
    const { command } = await install()
    assert.equal(command, 'systemctl restart mosquitto')
    const conf = await readFile(join(etc(), 'conf.d/hearthwatch.conf'), 'utf8')
    assert.match(conf, /^listener 8883\n[\s\S]*^require_certificate true\nuse_identity_as_username true$/m)
    assert.ok(conf.includes(`crlfile ${etc()}/hearthwatch/clients.crl`))
    assert.equal(
      await readFile(join(etc(), 'hearthwatch/clients.crl'), 'utf8'),
      await readFile(join(root, 'mosquitto/certs/clients.crl'), 'utf8'),
    )
  })

  it('are not installed without Mosquitto', async () => {
    await assert.rejects(installMosquitto({ dir: root, etc: join(root, 'nowhere'), owner }), /apt install mosquitto/)
  })
})
