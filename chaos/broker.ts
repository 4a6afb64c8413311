import { join } from 'node:path'
import { type Mosquitto, startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'

/** Mosquitto without persistence: each kill loses its retained messages and sessions. */
export type Broker = ReturnType<typeof createBroker>

/**
 * @param folder contains `mosquitto/passwd` and `mosquitto/acl`
 * @param onPort called with the port at each start; it differs each time
 */
export function createBroker(folder: string, onPort: (port: number) => void) {
  let running: Mosquitto | undefined
  const config = [
    'allow_anonymous false',
    'use_username_as_clientid true',
    `password_file ${join(folder, 'mosquitto', 'passwd')}`,
    `acl_file ${join(folder, 'mosquitto', 'acl')}`,
    'max_queued_messages 100000',
    'max_inflight_messages 1000',
    'max_packet_size 262144',
    'persistence false',
    'set_tcp_nodelay true',
  ]
  return {
    get port(): number {
      return running?.port ?? 0
    },
    async start(): Promise<void> {
      running ??= await startMosquitto({ config })
      onPort(running.port)
    },
    async kill(): Promise<void> {
      const killed = running
      running = undefined
      await killed?.stop('SIGKILL')
    },
  }
}
