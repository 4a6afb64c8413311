import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { buildPackage } from '@hearthwatch/package'
import { type Mosquitto, startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { connectAsync, type MqttClient } from 'mqtt'
import { unpackRootfs } from './rootfs.ts'

/** Time that a start under emulation may take, ms. */
const patience = 120_000

describe("The sensor's package for arm64", () => {
  const folder = mkdtempSync(join(tmpdir(), 'arm64-'))
  const root = join(folder, 'root')
  const env = join(root, 'etc/hearthwatch-sensor/sensor.env')
  const children: ChildProcess[] = []
  const topics = new Map<string, string>()
  let deb: string
  let broker: Mosquitto
  let subscriber: MqttClient

  before(async () => {
    unpackRootfs(root)
    const built = await buildPackage({ out: folder })
    assert.deepEqual(built.notes, [])
    deb = built.file
    copyFileSync(deb, join(root, basename(deb)))
    broker = await startMosquitto()
    subscriber = await connectAsync(`mqtt://127.0.0.1:${broker.port}`)
    subscriber.on('message', (topic, payload) => void topics.set(topic, payload.toString()))
    await subscriber.subscribeAsync(['home/#', 'device/#'])
  })
  after(async () => {
    for (const child of children) child.kill('SIGKILL')
    await subscriber?.endAsync()
    await broker?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const inRoot = (...command: string[]) =>
    execFileSync('chroot', [root, ...command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

  function start(environment: Record<string, string> = {}): ChildProcess {
    const child = spawn('chroot', [root, '/usr/bin/hearthwatch-sensor'], {
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...environment },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    children.push(child)
    return child
  }

  it('has at most 40 MB, and lintian finds no error and no warning', () => {
    assert.ok(readFileSync(deb).length <= 40e6)
    // The message about root is on standard error.
    const found = execFileSync('lintian', ['--fail-on', 'error,warning', deb], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    assert.doesNotMatch(found, /^[EW]:/m)
  })

  it('installs, and its Node runs', () => {
    inRoot('dpkg', '--install', `/${basename(deb)}`)
    assert.equal(inRoot('/usr/lib/hearthwatch-sensor/node', '--jitless', '-p', 'process.arch').trim(), 'arm64')
    assert.equal(inRoot('systemctl', 'is-enabled', 'hearthwatch-sensor').trim(), 'enabled')
    assert.match(inRoot('hearthwatch-sensor', '--help'), /ROOM/)
  })

  it('has a unit that systemd understands, with an exposure of at most 2.0', () => {
    const unit = '/usr/lib/systemd/system/hearthwatch-sensor.service'
    // Tests a whole number of tenths, and exits with 1 above it.
    inRoot('systemd-analyze', 'security', '--offline=true', '--threshold=19', unit)
    const { stderr } = spawnSync('chroot', [root, 'systemd-analyze', 'verify', '--man=no', unit], { encoding: 'utf8' })
    assert.doesNotMatch(stderr, /hearthwatch/)
  })

  it('publishes readings with the installed settings, and notifies systemd', { timeout: patience }, async () => {
    appendFileSync(env, `ROOM=kitchen\nSENSOR_ID=pi\nPROBE=simulated\nREAD_INTERVAL=1\nMQTT_URL=mqtt://127.0.0.1:${broker.port}\n`)
    const socket = spawn('python3', [join(import.meta.dirname, 'notify-socket.py'), join(root, 'run/notify')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    children.push(socket)
    let notified = ''
    socket.stdout.on('data', (chunk: Buffer) => {
      notified += chunk
    })
    await eventually(() => notified.includes('listening'))
    const sensor = start({ NOTIFY_SOCKET: '/run/notify', WATCHDOG_USEC: '120000000' })
    await eventually(() => topics.has('home/kitchen/temperature') && topics.has('device/pi/heartbeat'), patience)
    await eventually(() => /READY=1[\s\S]*WATCHDOG=1/.test(notified), patience)
    sensor.kill('SIGTERM')
    assert.deepEqual(await once(sensor, 'exit'), [0, null])
    await eventually(() => notified.includes('STOPPING=1'), patience)
  })

  it('keeps settings and readings in an upgrade, and readings without an acknowledgement in a purge', () => {
    inRoot('dpkg', '--install', `/${basename(deb)}`)
    assert.match(readFileSync(env, 'utf8'), /ROOM=kitchen/)
    const outbox = join(root, 'var/lib/hearthwatch-sensor/pi.db')
    assert.ok(existsSync(outbox))
    assert.match(inRoot('dpkg', '--purge', 'hearthwatch-sensor'), /no monitor has acknowledged/)
    assert.ok(existsSync(outbox))
    assert.ok(!existsSync(join(root, 'usr/lib/hearthwatch-sensor')) && !existsSync(env))
  })
})
