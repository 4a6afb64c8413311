import { type EventEmitter, once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { Log } from '@hearthwatch/log'
import { Aedes, type Client } from 'aedes'
import { openAccess } from './access.ts'
import { type Counts, noCounts } from './counts.ts'
import { watchFrames } from './frames.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { addressOf, houseRules } from './rules.ts'
import { createStore } from './store.ts'

export interface BrokerOptions {
  host: string
  /** 0: a free one. */
  port: number
  /** As `mosquitto_passwd` and setup make it. Where it is missing only `users` can connect. */
  passwordFile: string
  aclFile: string
  /** Users with plain passwords who need not stand in the file. What they may do, the access list says. */
  users?: Record<string, string>
  /** Everybody else is let in only then: what they publish before anybody listens would be lost. Default: at once. */
  ready?: Promise<void>
  log: Log
  limits?: Partial<Limits>
}

export interface Broker {
  readonly port: number
  readonly counts: Readonly<Counts>
  /**
   * Reads the password file and the access list again. Where one is wrong the log says so, and both stay as they
   * were. Whose user is gone or has another password now is disconnected; the list holds from the next message on.
   */
  reload(): Promise<void>
  close(): Promise<void>
}

/**
 * Starts an MQTT 3.1.1 broker that treats its clients as Mosquitto does with our `mosquitto.conf`: nobody without a
 * password, the user name is the client id, a refused message is acknowledged and dropped. What it keeps (retained
 * messages, sessions) it keeps in memory.
 * @throws Error with the system's `code` (`EADDRINUSE`) and a plain message where the port cannot be had; and where
 * the password file or the access list is wrong.
 */
export async function startBroker({ host, port, passwordFile, aclFile, users = {}, ready, log, ...rest }: BrokerOptions): Promise<Broker> {
  const limits = { ...defaultLimits, ...rest.limits }
  const counts = noCounts()
  const access = await openAccess({ passwordFile, aclFile, users, ready, log })
  const told = new Set<string>()
  const warnOnce = (message: string, fields: Record<string, string>) => {
    const key = JSON.stringify([message, fields])
    if (told.has(key) || told.size >= limits.warnings) return
    told.add(key)
    log.warn(message, fields)
  }
  const store = createStore({
    limits,
    mayRead: (user, topic) => access.allows(user, 'read', topic),
    onFull(user) {
      counts.full++
      if (user === '') warnOnce('no more messages are retained: the limit is reached', {})
      else warnOnce('messages for an absent client are lost: the limit is reached', { user })
    },
  })
  const aedes = new Aedes({
    ...houseRules({ access, counts, log, warnOnce, claim: store.claim }),
    persistence: store,
    connectTimeout: limits.connectTimeout,
    drainTimeout: limits.drainTimeout,
    maxClientsIdLength: 64,
    // A limit of deliveries at one time holds for all clients together: one that reads nothing would stop everybody.
    concurrency: 0,
  })
  // With an id aedes takes a message that another one has overtaken for a repetition, and drops it: of a live reading
  // (QoS 0, retained) and a heartbeat (not retained) in one TCP segment, the reading would never arrive.
  aedes.id = ''

  /** By user: the connection, and what it has logged in with. */
  const logins = new Map<string, { client: Client; credential: string | undefined }>()
  aedes.on('client', (client) => logins.set(client.id, { client, credential: access.credential(client.id) }))
  aedes.on('clientDisconnect', (client) => {
    if (logins.get(client.id)?.client === client) logins.delete(client.id)
  })
  aedes.on('clientError', (client, error) => log.debug('connection broken', { user: client.id, error }))
  aedes.on('connectionError', (client, error) => {
    counts.garbage++
    log.debug('connection closed before a login', { address: addressOf(client), error })
  })
  const emitter: EventEmitter = aedes
  emitter.on('error', (error) => log.error('the broker stumbled', { error }))
  await aedes.listen()

  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    socket.setNoDelay(true)
    // Finds out who is gone without a word and promised no pings (keep alive 0).
    socket.setKeepAlive(true, 60_000)
    const client = aedes.handle(socket)
    const isFine = watchFrames(limits.packetBytes)
    // aedes reads when it is ready ('readable'); what it reads passes by here first.
    socket.on('data', (chunk) => {
      if (isFine(chunk)) return
      counts.tooLarge++
      log.warn('connection closed: a packet is too large', { user: client.id ?? '', address: addressOf(client) })
      socket.destroy()
    })
  })
  server.maxConnections = limits.sockets
  server.on('drop', () => {
    counts.tooMany++
    warnOnce('connections are not taken any more: there are too many', {})
  })

  const shut = async () => {
    const closed = server.listening ? once(server, 'close') : undefined
    server.close()
    await new Promise<void>((resolve) => aedes.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  try {
    server.listen({ host, port })
    await once(server, 'listening')
  } catch (error) {
    await shut()
    throw explained(error as NodeJS.ErrnoException, host, port)
  }
  server.on('error', (error) => log.error('the broker cannot take connections', { error }))

  const address = server.address()
  return {
    port: address !== null && typeof address === 'object' ? address.port : port,
    counts,
    async reload() {
      await access.reload()
      told.clear()
      for (const [user, { client, credential }] of [...logins]) {
        const now = access.credential(user)
        if (now === credential) continue
        log.info('disconnected: its user or password has changed', { user })
        client.close()
        if (now === undefined) store.forgetSession(user)
      }
    },
    close: shut,
  }
}

function explained(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const reasons: Record<string, string> = {
    EADDRINUSE: 'another program has it',
    EACCES: 'this user may not use it (ports below 1024 are for root)',
    EADDRNOTAVAIL: 'this machine has no such address',
    ENOTFOUND: 'there is no such address',
  }
  const reason = reasons[error.code ?? ''] ?? error.message
  return Object.assign(new Error(`the broker cannot have port ${port} of ${host}: ${reason}`, { cause: error }), { code: error.code })
}
