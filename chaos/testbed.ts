import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '@hearthwatch/testhouse/ports'
import { startInbox } from '@hearthwatch/testhouse/servers/inbox'
import { simulateChip } from '../apps/demo/chip.ts'
import { provision } from '../apps/demo/provision.ts'
import { createBroker } from './broker.ts'
import { createCluster } from './cluster.ts'
import type { ChaosOptions } from './options.ts'
import { createProgram, type Program } from './program.ts'
import { type FaultyLink, startProxy } from './proxy.ts'
import { createVolume, type Volume } from './volume.ts'

export interface TestSensor {
  id: string
  room: string
  program: Program
  link: FaultyLink
  volume: Volume
  outboxFile: string
  /** Log of the readings that it has taken. */
  takenFile: string
  /** Folder for a copy of an earlier outbox. */
  copy: string
}

export type Clone = Pick<TestSensor, 'program' | 'outboxFile' | 'takenFile'>

/** The whole system in one folder. Each program can be killed, its disk can be full, and its network link can be broken. */
export type Testbed = Awaited<ReturnType<typeof createTestbed>>

export interface TestbedOptions {
  folder: string
  broker: ChaosOptions['broker']
  sensors: number
  /** True: use disks of a limited size if possible. */
  volumes: boolean
  /** More settings of the monitor. */
  extra?: Record<string, string>
}

const root = join(import.meta.dirname, '..')

export async function createTestbed({ folder, broker: kind, sensors: count, volumes, extra = {} }: TestbedOptions) {
  for (const name of ['log', 'taken', 'copies']) mkdirSync(join(folder, name), { recursive: true })
  const places = ['oven', ...Array.from({ length: count }, (_, i) => `room-${i + 1}`)].map((room) => ({ id: `pi-${room}`, room }))
  const passwords = await provision(folder, places, ['monitor', 'guest'])
  const inbox = await startInbox()
  const setChip = await simulateChip(join(folder, 'sys'))
  const setTemperature = (temperature: number) => setChip({ temperature })
  await setTemperature(20)

  const httpPort = await freePort()
  const cluster = kind === 'rabbitmq' ? await createCluster(folder, passwords) : null
  const brokerPort = cluster?.balancer.port ?? (await freePort())
  const links = await Promise.all(places.map(() => startProxy(brokerPort)))
  const monitorLink = kind === 'embedded' ? null : await startProxy(brokerPort)
  const broker =
    kind === 'mosquitto'
      ? createBroker(folder, (port) => {
          for (const link of [...links, monitorLink]) if (link) link.target = port
        })
      : null

  // Silence is noticed soon, because last wills die with their nodes.
  const ofCluster: Record<string, string> = cluster
    ? { MQTT_VERSION: '3.1.1', MQTT_MAX_QOS: '1', OFFLINE_AFTER: '15', HEARTBEAT_INTERVAL: '2' }
    : {}
  const monitorVolume = createVolume(join(folder, 'monitor'), volumes)
  const databaseFile = join(monitorVolume.folder, 'house.db')
  const createMonitor = (name: string, settings: Record<string, string>) =>
    createProgram({
      name,
      script: join(root, 'apps', 'monitor', 'main.ts'),
      cwd: folder,
      logFile: join(folder, 'log', `${name}.log`),
      settings: {
        ...(monitorLink
          ? { MQTT_URL: `mqtt://127.0.0.1:${monitorLink.port}`, MQTT_USERNAME: 'monitor', MQTT_PASSWORD: passwords.get('monitor') ?? '' }
          : { BROKER_PORT: String(brokerPort) }),
        ...ofCluster,
        SUPERVISED: 'yes',
        SUMMARY_CRON: '0 0 1 1 *',
        TZ: 'UTC',
        ...settings,
      },
    })
  const mail = { SMTP_URL: inbox.url, MAIL_TO: 'owner@example.org', GROUP_WAIT: '0.2', GROUP_INTERVAL: '0' }
  const monitor = createMonitor('monitor', { DATABASE_FILE: databaseFile, HTTP_PORT: String(httpPort), ...mail, ...extra })

  function createSensor(name: string, { id, room, link }: Pick<TestSensor, 'id' | 'room' | 'link'>, outboxFolder: string): Clone {
    const takenFile = join(folder, 'taken', name)
    const probe: Record<string, string> =
      room === 'oven'
        ? { PROBE: 'iio', SYSFS_ROOT: join(folder, 'sys'), READ_INTERVAL: '0.25' }
        : { PROBE: 'simulated', READ_INTERVAL: '0.05', SIMULATE_SPREAD: '5' }
    const program = createProgram({
      name,
      script: join(import.meta.dirname, 'sensor-child.ts'),
      args: [takenFile],
      cwd: folder,
      logFile: join(folder, 'log', `${name}.log`),
      settings: {
        ...probe,
        SENSOR_ID: id,
        ROOM: room,
        MQTT_URL: `mqtt://127.0.0.1:${link.port}`,
        MQTT_USERNAME: id,
        MQTT_PASSWORD: passwords.get(id) ?? '',
        OUTBOX_DIR: outboxFolder,
        ...ofCluster,
        SUPERVISED: 'yes',
        BATCH_SIZE: '20',
        BATCH_INTERVAL: '1',
      },
    })
    return { program, outboxFile: join(outboxFolder, `${id}.db`), takenFile }
  }

  const sensors = places.map(({ id, room }, i): TestSensor => {
    const volume = createVolume(join(folder, 'sensors', id), volumes)
    const link = links[i] as FaultyLink
    return { id, room, link, volume, copy: join(folder, 'copies', id), ...createSensor(id, { id, room, link }, volume.folder) }
  })

  return {
    folder,
    /** Mosquitto; null with another broker. */
    broker,
    /** Three nodes and their balancer, which run already; null with one broker. */
    cluster,
    monitor,
    /** Null with the embedded broker. */
    monitorLink,
    monitorVolume,
    databaseFile,
    databaseCopy: join(folder, 'copies', 'monitor'),
    sensors,
    /** The sensor in the room `oven`, whose temperature the test sets. */
    heatedSensor: sensors[0] as TestSensor,
    setTemperature,
    /** Makes a second program with the identity of this sensor and another outbox folder, not yet started. */
    cloneOf: (sensor: TestSensor, outboxFolder: string) => createSensor(`${sensor.id}-clone`, sensor, outboxFolder),
    /** Makes a second monitor with the login of the first one and a database of its own, not yet started. */
    secondMonitor: () => createMonitor('second-monitor', { DATABASE_FILE: join(folder, 'second', 'house.db'), HTTP_PORT: '0' }),
    inbox,
    /** Address of the page. */
    url: `http://127.0.0.1:${httpPort}`,
    /** Calls the HTTP API of the monitor. @throws Error if it does not answer */
    async get<T>(path: string): Promise<T> {
      const response = await fetch(`http://127.0.0.1:${httpPort}${path}`, { signal: AbortSignal.timeout(5000) })
      if (!response.ok) throw new Error(`${path}: ${response.status}`)
      return (await response.json()) as T
    },
    async close(keep: boolean): Promise<void> {
      await Promise.all([...sensors.map(({ program }) => program.kill()), monitor.kill()])
      await Promise.all([broker?.kill(), cluster?.stop(), inbox.close(), monitorLink?.close(), ...links.map((link) => link.close())])
      for (const volume of [monitorVolume, ...sensors.map((sensor) => sensor.volume)]) keep ? volume.unmount() : volume.remove()
      if (keep && cluster)
        for (const { name, output } of [...cluster.nodes, { name: 'balancer', output: cluster.balancer.output }])
          writeFileSync(join(folder, 'log', `${name}.log`), output())
      if (!keep) rmSync(folder, { recursive: true, force: true })
    },
  }
}
