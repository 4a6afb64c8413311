import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { hashPassword } from '@hearthwatch/broker/passwd'
import { type Log, silent } from '@hearthwatch/log'
import Database from 'better-sqlite3'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import { type Config, readConfig } from '../../apps/monitor/config.ts'
import { type Monitor, startMonitor } from '../../apps/monitor/monitor.ts'

/** A monitor with its embedded broker and its database in a folder of its own, and a guest who may publish anything a home may. */
export interface House {
  folder: string
  config: Config
  monitor: Monitor
  /** A client of the broker, as `guest` unless it is to be `sensor`; closed with the house. */
  client(options?: IClientOptions): Promise<MqttClient>
  get<T = unknown>(path: string): Promise<T>
  /** @throws with the answer where it is not a success */
  send<T = unknown>(method: string, path: string, body?: object): Promise<T>
  /** Rows of the database, read as another program would. */
  rows<T>(sql: string): T[]
  /** Ends the monitor and starts it again on the same database and ports. */
  restart(): Promise<void>
  close(): Promise<void>
}

/** A user has one connection: the broker takes the user's name for the client id. */
const users = ['guest', 'sensor'] as const
const password = 'let me in'

export async function startHouse(settings: Record<string, string> = {}, log: Log = silent, now: () => number = Date.now): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-'))
  mkdirSync(join(folder, 'mosquitto'))
  cpSync(join(import.meta.dirname, '..', '..', 'mosquitto', 'acl'), join(folder, 'mosquitto', 'acl'))
  const hash = await hashPassword(password)
  for (const user of users) {
    appendFileSync(
      join(folder, 'mosquitto', 'acl'),
      `user ${user}\ntopic readwrite home/#\ntopic readwrite device/#\ntopic readwrite monitor/#\n`,
    )
    appendFileSync(join(folder, 'mosquitto', 'passwd'), `${user}:${hash}\n`)
  }

  const environment = {
    DATABASE_FILE: join(folder, 'house.db'),
    HTTP_PORT: '0',
    BROKER_PORT: '0',
    COMMIT_INTERVAL: '20',
    GROUP_WAIT: '0.2',
    GROUP_INTERVAL: '0',
    ...settings,
  }
  const config = { ...readConfig(environment, []), brokerFiles: join(folder, 'mosquitto') }
  let monitor = await startMonitor(config, log, now)
  const clients: MqttClient[] = []
  return {
    folder,
    config,
    get monitor() {
      return monitor
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
    rows<T>(sql: string) {
      const db = new Database(config.DATABASE_FILE, { readonly: true })
      try {
        return db.prepare(sql).all() as T[]
      } finally {
        db.close()
      }
    },
    async restart() {
      if (monitor.brokerPort !== null) config.BROKER_PORT = monitor.brokerPort
      await monitor.close()
      monitor = await startMonitor(config, log, now)
    },
    async close() {
      for (const client of clients) client.end(true)
      await monitor.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Waits until the question is answered with something, and gives it. */
export async function eventually<T>(question: () => T | Promise<T>, within = 20_000): Promise<NonNullable<T>> {
  const end = performance.now() + within
  for (;;) {
    const answer = await question()
    if (answer) return answer
    if (performance.now() > end) throw new Error(`not within ${within} ms: ${question}`)
    await delay(20)
  }
}
