import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect as connectTcp } from 'node:net'
import { after, afterEach, before, describe, it } from 'node:test'
import { createServer as createTlsServer } from 'node:tls'
import type { Device } from '@hearthwatch/api/devices'
import type { Room } from '@hearthwatch/api/rooms'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { find, need } from '@hearthwatch/testhouse/need'
import { certifyAuthority, certifyServer, makeKey } from '../../apps/cli/certificates/certificates.ts'
import { makeTree, plugW1, type Tree } from '../../apps/sensor/test/probes/tree.ts'

const examples = `${import.meta.dirname}/../../examples`
const password = 'let me in'

/** A running example, in a process group of its own. */
class Program {
  output = ''
  readonly #child: ChildProcess

  constructor(command: string, args: string[], env: Record<string, string>) {
    this.#child = spawn(command, args, { detached: true, env: { PATH: process.env.PATH, PYTHONIOENCODING: 'utf-8', ...env } })
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString()
      })
  }

  printed(text: string) {
    return eventually(() => this.output.includes(text))
  }

  async end(signal: NodeJS.Signals) {
    const { pid, exitCode, signalCode } = this.#child
    if (pid === undefined || exitCode !== null || signalCode !== null) return
    const gone = once(this.#child, 'exit')
    // SIGKILL takes the whole group, as a power cut does.
    process.kill(signal === 'SIGKILL' ? -pid : pid, signal)
    await gone
  }
}

describe('The example programs', () => {
  let monitor: TestMonitor
  let tree: Tree
  let program: Program | undefined
  const roomOf = async (name: string) => (await monitor.get<Room[]>('/api/rooms')).find(({ room }) => room === name)
  const shows = (room: string, status: string, temperature?: number) =>
    eventually(async () => {
      const shown = await roomOf(room)
      return shown?.status === status && (temperature === undefined || shown.quantities.temperature?.value === temperature)
    })

  before(async () => {
    tree = makeTree({ 'class/thermal/thermal_zone0/temp': '48312\n' })
    monitor = await startTestMonitor()
    for (const id of ['attic-1', 'cellar-1']) await monitor.addLogin(id, { 'attic-1': '閣樓', 'cellar-1': 'cellar' }[id] ?? '')
  })
  afterEach(() => program?.end('SIGKILL'))
  after(async () => {
    await monitor.close()
    tree.end()
  })

  describe('python/publisher.py', need('python3'), () => {
    const start = (settings: Record<string, string> = {}) =>
      new Program(find('python3') ?? '', [`${examples}/python/publisher.py`], {
        ROOM: '閣樓',
        MQTT_URL: `mqtt://127.0.0.1:${monitor.brokerPort}`,
        MQTT_USERNAME: 'attic-1',
        MQTT_PASSWORD: password,
        READ_INTERVAL: '0.1',
        HEARTBEAT_INTERVAL: '0.5',
        SYSFS_ROOT: tree.root,
        ...settings,
      })

    it('is shown as a device with its room, and its last will as offline after a power cut', async () => {
      program = start()
      await shows('閣樓', 'online', 48.312)
      const [device] = (await monitor.get<Device[]>('/api/devices')).filter(({ id }) => id === 'attic-1')
      assert.equal(device?.room, '閣樓')
      assert.equal(device?.status, 'online')
      await program.end('SIGKILL')
      await shows('閣樓', 'offline')
    })

    it('publishes what a DS18B20 measures, and no value of a failed or of its first conversion', async () => {
      const probe = plugW1(tree, '28-0316a1b2c3d4', '85000\n')
      program = start()
      await program.printed('no temperature could be read')
      tree.write(probe.file, '')
      program.output = ''
      await program.printed('no temperature could be read')
      tree.write(probe.file, '-5062\n')
      await shows('閣樓', 'online', -5.062)
      const values = monitor.rows<{ value: number }>("SELECT value FROM readings WHERE room = '閣樓'").map(({ value }) => value)
      assert.deepEqual(new Set(values), new Set([48.312, -5.062]))
    })

    it('publishes offline when it is stopped', async () => {
      program = start()
      await shows('閣樓', 'online')
      await program.end('SIGTERM')
      await shows('閣樓', 'offline')
      assert.doesNotMatch(program.output, /Traceback/)
    })

    it('prints that its password is refused, and takes one from a file', async () => {
      program = start({ MQTT_PASSWORD: 'guessed' })
      await program.printed('wrong user or password; next try in 1 s')
      await program.end('SIGTERM')
      writeFileSync(`${tree.root}/password`, `${password}\n`)
      program = start({ MQTT_PASSWORD_FILE: `${tree.root}/password` })
      await program.printed('connected to 127.0.0.1 as attic-1')
    })

    it('connects again to a broker that was restarted', async () => {
      program = start()
      await shows('閣樓', 'online')
      await monitor.restart()
      await program.printed('next try in 1 s')
      program.output = ''
      await program.printed('connected to 127.0.0.1 as attic-1')
      await shows('閣樓', 'online')
    })

    it('connects over TLS, to a broker with a certificate of the named authority only', async () => {
      const [authorityKey, key] = [makeKey(), makeKey()]
      const certificate = await certifyAuthority(authorityKey, Date.now())
      const cert = await certifyServer(key, ['localhost'], { certificate, key: authorityKey }, Date.now())
      const proxy = createTlsServer({ key, cert }, (secure) => {
        const plain = connectTcp(monitor.brokerPort ?? 0, '127.0.0.1')
        secure.pipe(plain).pipe(secure)
        for (const socket of [secure, plain]) socket.on('error', () => {})
      }).listen(0, '127.0.0.1')
      await once(proxy, 'listening')
      const { port } = proxy.address() as { port: number }
      writeFileSync(`${tree.root}/ca.crt`, certificate)
      const MQTT_URL = `mqtts://localhost:${port}`
      program = start({ MQTT_URL })
      await program.printed('CERTIFICATE_VERIFY_FAILED')
      await program.end('SIGKILL')
      program = start({ MQTT_URL, MQTT_CA_FILE: `${tree.root}/ca.crt` })
      await program.printed('connected to localhost as attic-1')
      await program.end('SIGKILL')
      proxy.close()
    })
  })

  describe('shell/publish.sh', need('mosquitto_pub'), () => {
    const start = () =>
      new Program('/bin/sh', [`${examples}/shell/publish.sh`], {
        ROOM: 'cellar',
        MQTT_HOST: '127.0.0.1',
        MQTT_PORT: `${monitor.brokerPort}`,
        MQTT_USERNAME: 'cellar-1',
        MQTT_PASSWORD: password,
        READ_INTERVAL: '0.1',
        SYSFS_ROOT: tree.root,
        TMPDIR: tree.root,
      })

    for (const signal of ['SIGKILL', 'SIGTERM'] as const)
      it(`publishes readings over one connection, and offline after ${signal}`, async () => {
        program = start()
        await shows('cellar', 'online', 48.312)
        await program.end(signal)
        await shows('cellar', 'offline')
      })
  })
})
