import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog } from '@hearthwatch/log'
import { type Info, type Response, readInfo, readResponse } from '@hearthwatch/protocol'
import { type Sensor, startSensor } from '../agent.ts'
import { readConfig } from '../config.ts'
import { type Broker, type kinds, users } from './brokers.ts'
import { makeTree, plugW1, type Tree } from './probes/tree.ts'
import { type Seen, type Subscriber, startSubscriber } from './subscriber.ts'

export const temperature = 'home/kitchen/temperature'
export const status = 'home/kitchen/sensor/status'
export const topicsOf = {
  info: 'device/pi-1/info',
  config: 'device/pi-1/config',
  command: 'device/pi-1/command',
  response: 'device/pi-1/response',
}

/** A broker, a client that publishes control messages, and the sensor `pi-1` that receives them. */
export interface ControlSetup {
  readonly broker: Broker
  readonly subscriber: Subscriber
  readonly tree: Tree
  /** The sensor's `OUTBOX_DIR`. */
  readonly folder: string
  /** The sensor's log. */
  logged(): string
  start(env?: Record<string, string>, onRestart?: () => void): Promise<Sensor>
  online(since?: number): Promise<Seen>
  configure(settings: object): Promise<void>
  command(id: string, action: string): Promise<void>
  responseTo(id: string, since?: number): Promise<Response>
  responsesTo(id: string): Seen[]
  /** The newest info. */
  info(): Required<Info>
  /** Restarts the broker without its state. @param meanwhile runs while there is no broker */
  crash(meanwhile?: () => Promise<unknown>): Promise<void>
  end(): Promise<void>
}

export async function startControlSetup(kind: (typeof kinds)[number]): Promise<ControlSetup> {
  const broker = await kind.start()
  let subscriber = await startSubscriber(broker.port)
  const tree = makeTree()
  plugW1(tree, '28-0316a1b2c3d4', '21437\n')
  const folder = mkdtempSync(join(tmpdir(), 'control-'))
  const sensors: Sensor[] = []
  let logged = ''
  const log = createLog('sensor', 'info', (line) => {
    logged += line
  })
  const isResponse =
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
    logged: () => logged,
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
    configure: (settings) => subscriber.publish(topicsOf.config, JSON.stringify(settings), { qos: 1, retain: true }),
    command: (id, action) => subscriber.publish(topicsOf.command, JSON.stringify({ id, action }), { qos: 2 }),
    responseTo: async (id, since = 0) => readResponse(Buffer.from((await subscriber.until(isResponse(id), since)).text)),
    responsesTo: (id) => subscriber.seen.filter(isResponse(id)),
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
