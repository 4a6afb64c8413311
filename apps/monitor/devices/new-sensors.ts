import { hostname, networkInterfaces } from 'node:os'
import type { GatewayKind, RoomKind } from '@hearthwatch/api/sensor-kinds'
import type { NewSensor, SensorState } from '@hearthwatch/api/sensors'
import { consoleTexts, rightsOf, topicOf } from '@hearthwatch/foreign/logins'
import type { Config } from '../config/config.ts'
import type { EmbeddedBroker } from '../intake/embedded-broker.ts'
import type { Store } from '../store/store.ts'
import { createSensorLogins } from './sensor-logins.ts'
import { snippetsOf } from './sensor-snippets.ts'

export interface NewSensorOptions {
  config: Pick<Config, 'brokerFiles' | 'BROKER_HOST' | 'BROKER_TLS_PORT'>
  broker: EmbeddedBroker
  devices: Store['devices']
  /** Makes the broker read its files again. */
  reload(): Promise<void>
}

export type NewSensors = ReturnType<typeof createNewSensors>

/** Sets up sensors for the page: their logins at the embedded broker, and the commands for their machines. */
export function createNewSensors({ config, broker, devices, reload }: NewSensorOptions) {
  const logins = createSensorLogins({
    brokerFiles: config.brokerFiles,
    hasLogin: (id) => broker.roomsOf(id) !== null,
    isInUse: (room) => devices.inRoom(room).length > 0,
    reload,
  })

  return {
    /**
     * @param asked the host name with which the page was opened
     * @throws IdTaken
     */
    async add({ room, id, kind }: { room: string; id: string | undefined; kind: RoomKind }, asked: string): Promise<NewSensor> {
      const hasTls = (kind === 'card' || kind === 'pi') && broker.tlsPort !== 0
      const ca = hasTls ? ((await logins.authority()) ?? null) : null
      const [scheme, port] = ca === null ? ['mqtt', broker.port] : ['mqtts', broker.tlsPort]
      const url = new URL(`${scheme}://${hostOf(asked)}:${port}`)
      const login = await logins.add(id, room, url.href)
      // From now on its connections are recorded.
      broker.eventsOf(login.id)
      return {
        id: login.id,
        room,
        kind,
        broker: url.href,
        user: login.id,
        password: login.password,
        // Flash makes a certificate, and then the broker listens on the network with TLS.
        local: kind !== 'card' && ca === null && isLoopback(config.BROKER_HOST),
        snippets: await snippetsOf({ kind, login, broker: url, ca }),
      }
    },

    /**
     * Makes the login of a program that speaks for devices in many rooms.
     * @param asked the host name with which the page was opened
     * @throws IdTaken
     */
    async addGateway(kind: GatewayKind, name: string, asked: string): Promise<NewSensor> {
      const host = hostOf(asked)
      const url = `mqtt://${host}:${broker.port}`
      const about = { name, kind, topic: topicOf(kind, name) ?? name }
      const { id, password } = await logins.addDevice({ ...about, broker: url }, rightsOf(about))
      broker.eventsOf(id)
      const snippets = consoleTexts({ ...about, host, port: broker.port, tls: false, password })
      return { id, room: null, kind, broker: url, user: id, password, local: isLoopback(config.BROKER_HOST), snippets }
    },

    /** @returns undefined if there is no such login */
    stateOf(id: string): SensorState | undefined {
      const rooms = broker.roomsOf(id)
      return rooms === null ? undefined : { id, rooms, ...broker.eventsOf(id) }
    },
  }
}

/** This machine's address for others: the one with which the page was opened, if it is this machine's, else the first. */
function hostOf(asked: string): string {
  const own = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
  const name = hostname().toLowerCase()
  const isOwn = own.some(({ address, internal }) => address === asked && !internal) || asked === name || asked === `${name}.local`
  if (isOwn && !asked.includes(':')) return asked
  return own.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1'
}

const isLoopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.')
