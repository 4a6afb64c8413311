import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withSensor } from '@hearthwatch/broker/edit-acl'
import { hashPassword } from '@hearthwatch/broker/passwd'
import { type Log, silent } from '@hearthwatch/log'
import Database from 'better-sqlite3'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import { type Config, readConfig } from '../../apps/monitor/config/config.ts'
import { type MonitorOptions, startMonitor } from '../../apps/monitor/monitor.ts'

/** A monitor with its embedded broker, and its database in a temporary folder. */
export interface TestMonitor {
  folder: string
  config: Config
  /** Base URL of the page. */
  readonly url: string
  /** Port of the embedded broker; null if another broker is configured. */
  readonly brokerPort: number | null
  /** Connects a client as `guest` or `sensor`, who may publish in a home, or as `foreign`, who may publish anywhere. `close` ends it too. */
  client(options?: IClientOptions): Promise<MqttClient>
  get<T = unknown>(path: string): Promise<T>
  /** @throws Error with the body of an answer that is not 2xx */
  send<T = unknown>(method: string, path: string, body?: object): Promise<T>
  /** Adds a sensor's login to the embedded broker, as setup does. */
  addLogin(id: string, room: string, ...others: string[]): Promise<void>
  /** Removes the login of a sensor from the embedded broker. */
  removeLogin(id: string): Promise<void>
  /** Reads the database by a connection of its own. */
  rows<T>(sql: string): T[]
  /** Stops the monitor, and keeps its folder. */
  stop(): Promise<void>
  /** Stops the monitor and starts it again on the same database and broker port. */
  restart(): Promise<void>
  /** Stops the monitor and deletes its folder. */
  close(): Promise<void>
}

/** The disk of the machine that runs the tests may be full. */
const roomOf = () => ({ free: 1e12, room: 2e12 })

/** The broker takes the user's name for the client id, so each user has one connection. */
const users = ['guest', 'sensor', 'foreign'] as const
const password = 'let me in'

export async function startTestMonitor(
  settings: Record<string, string> = {},
  log: Log = silent,
  now: () => number = Date.now,
  more: Pick<MonitorOptions, 'greetingTimeout' | 'forwardTiming'> = {},
): Promise<TestMonitor> {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-'))
  mkdirSync(join(folder, 'mosquitto'))
  cpSync(join(import.meta.dirname, '..', '..', 'mosquitto', 'acl'), join(folder, 'mosquitto', 'acl'))
  const hash = await hashPassword(password)
  for (const user of users) {
    appendFileSync(
      join(folder, 'mosquitto', 'acl'),
      `user ${user}\n${(user === 'foreign' ? ['#'] : ['home/#', 'device/#', 'monitor/#']).map((filter) => `topic readwrite ${filter}\n`).join('')}`,
    )
    appendFileSync(join(folder, 'mosquitto', 'passwd'), `${user}:${hash}\n`)
  }

  const environment = {
    DATABASE_FILE: join(folder, 'house.db'),
    HTTP_PORT: '0',
    BROKER_PORT: '0',
    BROKER_TLS_PORT: '0',
    COMMIT_INTERVAL: '20',
    GROUP_WAIT: '0.2',
    GROUP_INTERVAL: '0',
    HA_DISCOVERY: 'off',
    ...settings,
  }
  const config = { ...readConfig(environment, []), brokerFiles: join(folder, 'mosquitto') }
  let monitor = await startMonitor(config, log, now, { ...more, roomOf })
  const clients: MqttClient[] = []
  const [acl, passwd] = ['acl', 'passwd'].map((name) => join(folder, 'mosquitto', name)) as [string, string]
  const edit = (file: string, change: (text: string) => string) => writeFileSync(file, change(readFileSync(file, 'utf8')))
  return {
    folder,
    config,
    get url() {
      return monitor.url
    },
    get brokerPort() {
      return monitor.brokerPort
    },
    async client(options = {}) {
      const url = config.MQTT_URL ?? `mqtt://127.0.0.1:${monitor.brokerPort}`
      const client = await mqtt.connectAsync(url, { username: 'guest', password, reconnectPeriod: 0, ...options })
      clients.push(client)
      return client
    },
    async get<T>(path: string) {
      const response = await fetch(new URL(path, monitor.url))
      return (await response.json()) as T
    },
    async send<T>(method: string, path: string, body?: object) {
      const given = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
      const response = await fetch(new URL(path, monitor.url), { method, ...given })
      const text = await response.text()
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
      return (text === '' ? undefined : JSON.parse(text)) as T
    },
    async addLogin(id, room, ...others) {
      edit(acl, (text) => withSensor(text, id, room, ...others))
      appendFileSync(passwd, `${id}:${hash}\n`)
      await monitor.reload()
    },
    async removeLogin(id) {
      edit(passwd, (text) => text.replace(new RegExp(`^${id}:.*\n`, 'm'), ''))
      await monitor.reload()
    },
    rows<T>(sql: string) {
      const db = new Database(config.DATABASE_FILE, { readonly: true })
      try {
        return db.prepare(sql).all() as T[]
      } finally {
        db.close()
      }
    },
    stop: () => monitor.close(),
    async restart() {
      if (monitor.brokerPort !== null) config.BROKER_PORT = monitor.brokerPort
      await monitor.close()
      monitor = await startMonitor(config, log, now, { ...more, roomOf })
    },
    async close() {
      for (const client of clients) client.end(true)
      await monitor.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
