import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Broker, type BrokerOptions, startBroker } from '@hearthwatch/broker'
import { withSensor } from '@hearthwatch/broker/edit-acl'
import { hashPassword } from '@hearthwatch/broker/passwd'
import { silent } from '@hearthwatch/log'
import { startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { createAuthority } from '@hearthwatch/testhouse/certificates'
import { need } from '@hearthwatch/testhouse/need'
import { freePort } from '@hearthwatch/testhouse/ports'

const root = join(import.meta.dirname, '..', '..', '..')

/** Rooms by sensor id; two sensors share the kitchen. */
export const sensors = { 'pi-kitchen': 'kitchen', 'pi-fridge': 'kitchen', 'pi-living': 'living room', 'pi-ke-ting': '客廳' }
export type User = keyof typeof sensors | 'monitor' | 'guest'
export const users: readonly User[] = ['monitor', 'guest', ...(Object.keys(sensors) as (keyof typeof sensors)[])]

/** The password of a user. */
export const passwordOf = (user: string) => `the password of ${user}`

/** A running broker, with files as setup writes them. */
export interface TestBroker {
  readonly port: number
  /** The initial texts of the files. `write` replaces them, and `reload` makes the broker read them. */
  readonly passwd: string
  readonly acl: string
  write(files: { passwd?: string; acl?: string }): Promise<void>
  reload(): Promise<void>
  stop(): Promise<void>
}

export interface Kind {
  name: string
  /** For `describe`. */
  need: { skip: string | false }
  start(): Promise<TestBroker>
}

/** Both brokers must behave alike. */
export const kinds: readonly Kind[] = [
  { name: 'Mosquitto', need: need('mosquitto'), start: async () => startMosquittoWithOurConf() },
  { name: 'The embedded broker', need: { skip: false }, start: () => startEmbedded() },
]

/** Starts Mosquitto with our mosquitto.conf, except for paths, ports and the log. */
export async function startMosquittoWithOurConf(): Promise<TestBroker & { securePort: number; ca: string; output(): string }> {
  const files = await provision()
  const authority = await createAuthority('Hearthwatch')
  const server = await authority.issue('127.0.0.1')
  await writeFile(join(files.folder, 'server.crt'), server.certificate)
  await writeFile(join(files.folder, 'server.key'), server.key)
  const securePort = await freePort()
  const conf = (await readFile(join(root, 'mosquitto', 'mosquitto.conf'), 'utf8'))
    .replaceAll('/mosquitto/secrets', files.folder)
    .replace(/^listener 1883$/m, '')
    .replace(/^listener 8883$/m, `listener ${securePort} 127.0.0.1`)
    .replace(/^(persistence_location|log_\w+) .*$/gm, '')
  const broker = await startMosquitto({ config: conf.split('\n') })
  return {
    ...files,
    port: broker.port,
    securePort,
    ca: authority.certificate,
    output: broker.output,
    async reload() {
      const before = broker.output().length
      broker.reload()
      // Mosquitto logs this before it handles any connection again.
      while (!broker.output().slice(before).includes('Reloading config')) await nextTurn()
    },
    async stop() {
      await broker.stop()
      await files.remove()
    },
  }
}

/** Starts the embedded broker, with other limits for a test of those. */
export async function startEmbedded(limits: BrokerOptions['limits'] = {}, log = silent): Promise<TestBroker & Pick<Broker, 'counts'>> {
  const files = await provision()
  const { folder } = files
  const broker = await startBroker({
    host: '127.0.0.1',
    port: 0,
    passwordFile: join(folder, 'passwd'),
    aclFile: join(folder, 'acl'),
    log,
    limits,
  })
  return {
    ...files,
    port: broker.port,
    counts: broker.counts,
    reload: broker.reload,
    async stop() {
      await broker.close()
      await files.remove()
    },
  }
}

/** Makes a folder with `passwd` and `acl` for all users. */
export async function provision() {
  const folder = await mkdtemp(join(tmpdir(), 'broker-'))
  const passwd = users.map((user) => `${user}:${hashPassword(passwordOf(user))}\n`).join('')
  let acl = await readFile(join(root, 'mosquitto', 'acl'), 'utf8')
  for (const [id, room] of Object.entries(sensors)) acl = withSensor(acl, id, room)
  const write = async (files: { passwd?: string; acl?: string }) => {
    for (const [name, text] of Object.entries(files)) {
      // Written to another file and renamed, so that a broker never reads half a file.
      await writeFile(join(folder, `${name}.new`), text)
      await rename(join(folder, `${name}.new`), join(folder, name))
    }
  }
  await write({ passwd, acl })
  return { folder, passwd, acl, write, remove: () => rm(folder, { recursive: true, force: true }) }
}
