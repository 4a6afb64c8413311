import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import type { Pair } from '@hearthwatch/testhouse/certificates'
import { need } from '@hearthwatch/testhouse/need'
import { Aedes, type AuthenticateError } from 'aedes'

export interface Broker {
  readonly port: number
  /** Sets whether clients are refused from now on. */
  refuse(refused: boolean): Promise<void>
  stop(): Promise<void>
  /** Restarts it after `stop`, on the same port and without its state. */
  start(): Promise<void>
  /** Stops it and deletes its files. */
  end(): Promise<void>
}

export interface Kind {
  name: string
  /** For `describe`. */
  need: { skip: string | false }
  /**
   * @param tls certificate of the broker
   * @param ca authority that must have signed the clients' certificates
   */
  start(tls?: Pair, ca?: string): Promise<Broker>
}

/** All brokers that the link must work with. */
export const kinds: readonly Kind[] = [
  { name: 'Mosquitto', need: need('mosquitto'), start: mosquitto },
  { name: 'aedes', need: { skip: false }, start: aedes },
]

async function mosquitto(tls?: Pair, ca?: string): Promise<Broker> {
  const dir = await mkdtemp(join(tmpdir(), 'mqtt-'))
  const lines = ['max_inflight_messages 1000', 'max_queued_messages 10000', 'allow_anonymous true']
  const include = async (option: string, text: string | undefined) => {
    if (text === undefined) return
    await writeFile(join(dir, option), text)
    lines.push(`${option} ${join(dir, option)}`)
  }
  await include('certfile', tls?.certificate)
  await include('keyfile', tls?.key)
  await include('cafile', ca)
  if (ca !== undefined) lines.push('require_certificate true')
  const broker = await startMosquitto({ config: lines })
  return {
    port: broker.port,
    async refuse(refused) {
      const file = join(broker.dir, 'mosquitto.conf')
      await writeFile(file, (await readFile(file, 'utf8')).replace(/allow_anonymous .*/g, `allow_anonymous ${!refused}`))
      await broker.restart('SIGKILL')
    },
    async stop() {
      // After `broker.stop()` it could not be restarted.
      process.kill(broker.pid, 'SIGKILL')
    },
    start: () => broker.restart(),
    async end() {
      await broker.stop('SIGKILL')
      await rm(dir, { recursive: true })
    },
  }
}

async function aedes(tls?: Pair, ca?: string): Promise<Broker> {
  const sockets = new Set<Socket>()
  let refused = false
  let broker: Aedes
  let server: Server
  let port = 0

  const start = async () => {
    broker = await Aedes.createBroker({
      authenticate: (_client, _user, _password, done) =>
        refused ? done(Object.assign(new Error('no'), { returnCode: 4 }) as AuthenticateError, null) : done(null, true),
      authorizeSubscribe: (_client, subscription, done) => done(null, subscription.topic.startsWith('secret') ? null : subscription),
    })
    const handle = (socket: Socket) => broker.handle(socket)
    server = tls
      ? createTlsServer({ cert: tls.certificate, key: tls.key, ...(ca && { ca, requestCert: true, rejectUnauthorized: true }) }, handle)
      : createServer(handle)
    server.on('connection', (socket: Socket) => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as { port: number }).port
  }
  const stop = async () => {
    for (const socket of sockets) socket.destroy()
    if (!server.listening) return
    server.close()
    await once(server, 'close')
    await new Promise<void>((resolve) => broker.close(resolve))
  }
  await start()
  return {
    port,
    async refuse(wanted) {
      refused = wanted
      for (const socket of sockets) socket.destroy()
    },
    stop,
    start,
    end: stop,
  }
}
