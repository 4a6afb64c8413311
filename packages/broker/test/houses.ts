import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { startBroker } from '@hearthwatch/broker'
import { withSensor } from '@hearthwatch/broker/acl'
import { hashPassword } from '@hearthwatch/broker/passwd'
import { silent } from '@hearthwatch/log'
import { freePort, startMosquitto } from '@hearthwatch/testhouse/mosquitto'
import { need } from '@hearthwatch/testhouse/need'
import { createAuthority } from '../../mqtt/test/certificates.ts'

const root = join(import.meta.dirname, '..', '..', '..')

/** The sensors of every house here; two of them share the kitchen. */
export const sensors = { 'pi-kitchen': 'kitchen', 'pi-fridge': 'kitchen', 'pi-living': 'living room', 'pi-ke-ting': '客廳' }
export type Person = keyof typeof sensors | 'monitor' | 'guest'
export const people: readonly Person[] = ['monitor', 'guest', ...(Object.keys(sensors) as (keyof typeof sensors)[])]

/** Everybody's password. */
export const passwordOf = (user: string) => `the password of ${user}`

/** A broker with the files that setup would have made for it. */
export interface House {
  readonly port: number
  /** The texts of the files, and the way to write them anew; read by the broker after `reload`. */
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
  start(): Promise<House>
}

/** Two brokers, one behaviour. */
export const kinds: readonly Kind[] = [
  { name: 'Mosquitto', need: need('mosquitto'), start: async () => startMosquittoHouse() },
  { name: 'The embedded broker', need: { skip: false }, start: startEmbeddedHouse },
]

/** With our own mosquitto.conf, but for the places where things lie, and the log. */
export async function startMosquittoHouse(): Promise<House & { securePort: number; ca: string; output(): string }> {
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
      // It does so before it looks at any connection again.
      while (!broker.output().slice(before).includes('Reloading config')) await turn()
    },
    async stop() {
      await broker.stop()
      await files.remove()
    },
  }
}

async function startEmbeddedHouse(): Promise<House> {
  const files = await provision()
  const { folder } = files
  const broker = await startBroker({
    host: '127.0.0.1',
    port: 0,
    passwordFile: join(folder, 'passwd'),
    aclFile: join(folder, 'acl'),
    log: silent,
  })
  return {
    ...files,
    port: broker.port,
    reload: broker.reload,
    async stop() {
      await broker.close()
      await files.remove()
    },
  }
}

/** A folder with `passwd` and `acl` for everyone. */
export async function provision() {
  const folder = await mkdtemp(join(tmpdir(), 'house-'))
  const passwd = people.map((user) => `${user}:${hashPassword(passwordOf(user))}\n`).join('')
  let acl = await readFile(join(root, 'mosquitto', 'acl'), 'utf8')
  for (const [id, room] of Object.entries(sensors)) acl = withSensor(acl, id, room)
  const write = async (files: { passwd?: string; acl?: string }) => {
    for (const [name, text] of Object.entries(files)) {
      // Not in place: a broker that reads half a file would be right to complain.
      await writeFile(join(folder, `${name}.new`), text)
      await rename(join(folder, `${name}.new`), join(folder, name))
    }
  }
  await write({ passwd, acl })
  return { folder, passwd, acl, write, remove: () => rm(folder, { recursive: true, force: true }) }
}
