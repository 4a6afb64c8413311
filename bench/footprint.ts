import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { bundleSensor } from '@hearthwatch/package/bundle'
import { pinnedNode, unpackNode } from '@hearthwatch/package/node-binary'
import { minute, second } from '@hearthwatch/protocol/durations'
import { startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { createAuthority } from '@hearthwatch/testhouse/certificates'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { freePort } from '@hearthwatch/testhouse/ports'
import { connectAsync } from 'mqtt'
import { inFolder } from './program.ts'
import { against, median, progress } from './report.ts'
import { type Usage, usage } from './usage.ts'

/** The Node that the package contains, and the newest of the other lines that have `node:sqlite`. */
const packaged = pinnedNode(process.arch === 'arm64' ? 'arm64' : 'amd64').version
const versions = ['22.23.5', packaged, '26.12.1']
const runs = 3
/** Time until the memory is read: some readings, batches and heartbeats. */
const settled = 8 * second
/** ms from the start to the first publish; MB. */
const targets = { publish: 250, resident: 60, anonymous: 16 }

interface Run extends Usage {
  publish: number
  /** CPU time until then, s. On a busy machine it is the better measure. */
  startCpu: number
}

interface Way {
  name: string
  command(node: string): string[]
  env?: Record<string, string>
  tls?: true
}

/** Measures start and memory of a sensor by version of Node: from its sources, bundled, and as the package runs it. */
export function footprint(): Promise<void> {
  return inFolder('footprint', async (folder) => {
    const bundle = join(folder, 'sensor.mjs')
    writeFileSync(bundle, (await bundleSensor()).code)
    const compiled = { NODE_COMPILE_CACHE: join(folder, 'compiled') }
    const main = join(import.meta.dirname, '..', 'apps', 'sensor', 'main.ts')
    const ways: Way[] = [
      { name: 'from source', command: (node) => [node, '--max-semi-space-size=4', main], env: compiled },
      { name: 'bundled', command: (node) => [node, bundle] },
      { name: 'installed', command: (node) => ['sh', install(folder, node, bundle)] },
      { name: 'installed, TLS', command: (node) => ['sh', install(folder, node, bundle)], tls: true },
    ]
    const house = await startHouse(folder)
    const table: Record<string, Record<string, number>> = {}
    try {
      for (const version of versions) {
        progress(`footprint: fetching Node ${version}`)
        const node = await unpackNode({ name: `node-linux-${process.arch}`, version })
        const empty = await house.run([node, '-e', 'setTimeout(() => {}, 60_000)'], {}, false)
        table[`${version}, an empty program`] = row(empty)
        for (const way of ways) {
          const measured: Run[] = []
          for (let i = 1; i <= runs; i++) {
            progress(`footprint: Node ${version}, ${way.name}, ${i} of ${runs}`)
            measured.push(await house.run(way.command(node), { ...way.env }, true, way.tls))
          }
          const run = median(measured, ({ publish }) => publish)
          table[`${version}, ${way.name}`] = row(run)
          if (version === packaged && way.name.startsWith('installed')) {
            console.log(`\nNode ${version}, ${way.name}: first publish after ${against(run.publish, targets.publish, 'at most', 0)} ms,`)
            console.log(
              `${against(run.resident, targets.resident, 'at most', 1)} MB, ${against(run.anonymous, targets.anonymous, 'at most', 1)} MB of it anonymous.`,
            )
          }
        }
      }
    } finally {
      await house.stop()
    }
    console.log('\nA sensor with one simulated probe at one reading a second, by version of Node')
    console.table(table)
  })
}

function row({ publish, startCpu, cpu, resident, anonymous }: Run) {
  const oneDigit = (figure: number) => Number(figure.toFixed(1))
  return {
    'first publish ms': Math.round(publish),
    'CPU s until then': startCpu,
    'CPU s': cpu,
    'resident MB': oneDigit(resident),
    'anonymous MB': oneDigit(anonymous),
  }
}

/** Lays out the files of the package. @returns the command of the package, for these places */
function install(folder: string, node: string, bundle: string): string {
  const lib = join(folder, `installed-${node.replace(/.*-/, '')}`)
  const command = join(lib, 'hearthwatch-sensor')
  if (existsSync(command)) return command
  mkdirSync(lib)
  symlinkSync(node, join(lib, 'node'))
  symlinkSync(bundle, join(lib, 'sensor.mjs'))
  const script = readFileSync(join(import.meta.dirname, '..', 'apps', 'package', 'sensor', 'hearthwatch-sensor.sh'), 'utf8')
  writeFileSync(command, script.replaceAll('/usr/lib/hearthwatch-sensor', lib))
  chmodSync(command, 0o755)
  return command
}

/** A broker with and without TLS, and a subscriber that notes the first message of each sensor. */
async function startHouse(folder: string) {
  const authority = await createAuthority('house')
  const pair = await authority.issue('127.0.0.1')
  const files = { 'ca.crt': authority.certificate, 'broker.crt': pair.certificate, 'broker.key': pair.key }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const tlsPort = await freePort()
  const tls = [`listener ${tlsPort} 127.0.0.1`, `certfile ${join(folder, 'broker.crt')}`, `keyfile ${join(folder, 'broker.key')}`]
  const broker = await startMosquitto({ config: ['allow_anonymous true', ...tls] })
  const subscriber = await connectAsync(`mqtt://127.0.0.1:${broker.port}`)
  await subscriber.subscribeAsync('device/+/info')
  const arrived = new Map<string, number>()
  subscriber.on('message', (topic) => void arrived.set(topic, performance.now()))
  let count = 0

  return {
    async run([program = '', ...args]: string[], env: Record<string, string>, isSensor: boolean, isTls = false): Promise<Run> {
      count += 1
      const id = `pi-${count}`
      const url = isTls ? `mqtts://127.0.0.1:${tlsPort}` : `mqtt://127.0.0.1:${broker.port}`
      const settings = { SENSOR_ID: id, ROOM: id, PROBE: 'simulated', READ_INTERVAL: '1', HEARTBEAT_INTERVAL: '2', MQTT_URL: url }
      const started = performance.now()
      const child = spawn(program, args, {
        cwd: folder,
        env: { PATH: process.env.PATH, CREDENTIALS_DIRECTORY: folder, MQTT_CA_FILE: isTls ? 'ca.crt' : '', ...settings, ...env },
        stdio: 'ignore',
      })
      try {
        // The first run from source compiles it.
        const isAlive = () => arrived.get(`device/${id}/info`)
        const first = isSensor ? await eventually(isAlive, minute, { interval: 5 }) : Number.NaN
        const { cpu: startCpu } = await usage(child.pid ?? 0)
        await delay(settled)
        return { publish: first - started, startCpu, ...(await usage(child.pid ?? 0)) }
      } finally {
        await end(child)
      }
    },
    async stop() {
      await subscriber.endAsync()
      await broker.stop()
    },
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}
