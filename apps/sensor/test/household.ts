import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog } from '@hearthwatch/log'
import { type Info, type Response, readInfo, readResponse } from '@hearthwatch/protocol'
import { type Sensor, startSensor } from '../agent.ts'
import { readConfig } from '../config.ts'
import { type Broker, type kinds, users } from './brokers.ts'
import { growTree, plugW1, type Tree } from './probes/tree.ts'
import { type Seen, type Subscriber, startSubscriber } from './subscriber.ts'

export const temperature = 'home/kitchen/temperature'
export const status = 'home/kitchen/sensor/status'
export const topicsOf = {
  info: 'device/pi-1/info',
  config: 'device/pi-1/config',
  command: 'device/pi-1/command',
  response: 'device/pi-1/response',
}

/** A broker, somebody who gives orders, and the sensor `pi-1` that gets them. */
export interface Household {
  readonly broker: Broker
  readonly subscriber: Subscriber
  readonly tree: Tree
  /** Where the sensor keeps what must survive a restart. */
  readonly folder: string
  /** The sensor's log. */
  said(): string
  start(env?: Record<string, string>, onRestart?: () => void): Promise<Sensor>
  online(since?: number): Promise<Seen>
  want(settings: object): Promise<void>
  order(id: string, action: string): Promise<void>
  answerTo(id: string, since?: number): Promise<Response>
  answersTo(id: string): Seen[]
  /** The newest info. */
  info(): Required<Info>
  /** A broker that has forgotten everything. @param meanwhile done while there is none */
  crash(meanwhile?: () => Promise<unknown>): Promise<void>
  end(): Promise<void>
}

export async function startHousehold(kind: (typeof kinds)[number]): Promise<Household> {
  const broker = await kind.start()
  let subscriber = await startSubscriber(broker.port)
  const tree = growTree()
  plugW1(tree, '28-0316a1b2c3d4', '21437\n')
  const folder = mkdtempSync(join(tmpdir(), 'orders-'))
  const sensors: Sensor[] = []
  let said = ''
  const log = createLog('sensor', 'info', (line) => {
    said += line
  })
  const isAnswer =
    (id: string) =>
    ({ topic, text }: Seen) =>
      topic === topicsOf.response && (JSON.parse(text) as Response).id === id
  return {
    broker,
    get subscriber() {
      return subscriber
    },
    tree,
    folder,
    said: () => said,
    async start(env = {}, onRestart) {
      const own = {
        SENSOR_ID: 'pi-1',
        ROOM: 'kitchen',
        MQTT_URL: `mqtt://127.0.0.1:${broker.port}`,
        MQTT_USERNAME: 'pi-1',
        MQTT_PASSWORD: users['pi-1'],
        OUTBOX_DIR: folder,
      }
      const settings = readConfig({ ...own, PROBE: 'w1', SYSFS_ROOT: tree.root, READ_INTERVAL: '0.05', ...env }, [])
      const sensor = await startSensor(settings, log, onRestart ? { onRestart } : {})
      let closed: Promise<void> | undefined
      const once: Sensor = {
        close() {
          closed ??= sensor.close()
          return closed
        },
      }
      sensors.push(once)
      return once
    },
    online: (since = 0) => subscriber.until(({ topic, text }) => topic === status && text === 'online', since),
    want: (settings) => subscriber.publish(topicsOf.config, JSON.stringify(settings), { qos: 1, retain: true }),
    order: (id, action) => subscriber.publish(topicsOf.command, JSON.stringify({ id, action }), { qos: 2 }),
    answerTo: async (id, since = 0) => readResponse(Buffer.from((await subscriber.until(isAnswer(id), since)).text)),
    answersTo: (id) => subscriber.seen.filter(isAnswer(id)),
    info: () => readInfo(Buffer.from(subscriber.seen.findLast(({ topic }) => topic === topicsOf.info)?.text ?? '')) as Required<Info>,
    async crash(meanwhile) {
      await subscriber.end()
      await broker.crash()
      await meanwhile?.()
      await broker.restart()
      subscriber = await startSubscriber(broker.port)
    },
    async end() {
      await Promise.all(sensors.map((sensor) => sensor.close()))
      await subscriber.end()
      await broker.end()
      tree.end()
      rmSync(folder, { recursive: true })
    },
  }
}
