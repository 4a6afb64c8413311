import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBroker } from '@hearthwatch/broker'
import { silent } from '@hearthwatch/log'
import { startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { need } from '@hearthwatch/testhouse/need'

/** A running broker without access rules. */
export interface Broker {
  readonly port: number
  /** Kills it, with all its retained messages and sessions. */
  crash(): Promise<void>
  /** Starts an empty broker on the same port after `crash`. */
  restart(): Promise<void>
  end(): Promise<void>
}

/** The brokers that a sensor must work with. */
export const kinds: readonly { name: string; need: { skip: string | false }; start(): Promise<Broker> }[] = [
  { name: 'Mosquitto', need: need('mosquitto'), start: mosquitto },
  { name: 'the embedded broker', need: { skip: false }, start: embedded },
]

/** Users and passwords of the embedded broker, which refuses anonymous clients. */
export const users = { 'pi-1': 'the first secret', 'pi-2': 'the second secret', subscriber: 'eyes', monitor: 'a long memory' }

async function mosquitto(): Promise<Broker> {
  const broker = await startMosquitto()
  return {
    port: broker.port,
    async crash() {
      process.kill(broker.pid, 'SIGKILL')
    },
    restart: () => broker.restart('SIGKILL'),
    end: () => broker.stop('SIGKILL'),
  }
}

async function embedded(): Promise<Broker> {
  const folder = await mkdtemp(join(tmpdir(), 'broker-'))
  const aclFile = join(folder, 'acl')
  await writeFile(
    aclFile,
    Object.keys(users)
      .map((user) => `user ${user}\ntopic readwrite #\n`)
      .join(''),
  )
  const start = (port: number) =>
    startBroker({ host: '127.0.0.1', port, passwordFile: join(folder, 'passwd'), aclFile, users, log: silent })
  let broker = await start(0)
  const { port } = broker
  return {
    port,
    crash: () => broker.close(),
    async restart() {
      broker = await start(port)
    },
    async end() {
      await broker.close()
      await rm(folder, { recursive: true })
    },
  }
}
