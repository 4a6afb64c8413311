import { type EventEmitter, once } from 'node:events'
import { createServer } from 'node:net'
import type { Log } from '@hearthwatch/log'
import { Aedes, type Client } from 'aedes'
import { openAccess } from './access/access.ts'
import { logRefusals } from './access/refusals.ts'
import { type LoginEvents, watchLogins } from './access/watched-logins.ts'
import { takeConnections } from './connections/connections.ts'
import { newerVersion } from './connections/packet-check.ts'
import { type Takeovers, watchTakeovers } from './connections/takeovers.ts'
import { openTlsListener, type TlsListener, type TlsOptions } from './connections/tls-listener.ts'
import { type Counts, noCounts } from './counts.ts'
import { addressOf, aedesHandlers } from './handlers.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { type Filters, openFilters } from './messages/filters.ts'
import { createStore } from './messages/store.ts'

export interface BrokerOptions {
  host: string
  /** 0 for a free port. */
  port: number
  /** In the format of `mosquitto_passwd`. If it is missing, only `users` can connect. */
  passwordFile: string
  aclFile: string
  /** Plain passwords of users who are not in the password file. The access list applies to them too. */
  users?: Record<string, string>
  /** Users of the password file are admitted after this resolves, so that their messages find a subscriber. Default: at once. */
  ready?: Promise<void>
  log: Log
  limits?: Partial<Limits>
  /** A second port, with TLS. */
  tls?: TlsOptions
}

export interface Broker {
  readonly port: number
  /** The port with TLS; 0: there is none. */
  readonly tlsPort: number
  readonly counts: Readonly<Counts>
  /**
   * Reads the password file and the access list again. If either is invalid, the error is logged and both old versions stay
   * in force. Clients whose user was removed or whose password changed are disconnected. The new list applies from the
   * next message on.
   */
  reload(): Promise<void>
  /** The rooms that the access list names for this user, such as a sensor; null: there is no such user. */
  roomsOf(user: string): string[] | null
  /** The events of this user since the first call. */
  eventsOf(user: string): LoginEvents
  /** How often this login was taken over in the last ten minutes; null: not often enough to mean that two machines use it. */
  takeoversOf(user: string): Takeovers | null
  close(): Promise<void>
}

/**
 * Starts an MQTT 3.1.1 broker that behaves like Mosquitto with our `mosquitto.conf`. Every client needs a password, the
 * user name is the client id, and an unauthorized message is acknowledged and dropped. Retained messages and sessions are
 * stored in memory only.
 * @throws Error with the system's `code` (such as `EADDRINUSE`) if it cannot listen on the port
 * @throws Error for an invalid password file or access list
 */
export async function startBroker({
  host,
  port,
  passwordFile,
  aclFile,
  users = {},
  ready,
  log,
  tls,
  ...rest
}: BrokerOptions): Promise<Broker> {
  const limits = { ...defaultLimits, ...rest.limits }
  const counts = noCounts()
  const access = await openAccess({ passwordFile, aclFile, users, ready, log })
  const warned = new Set<string>()
  const warnOnce = (message: string, fields: Record<string, string>) => {
    const key = JSON.stringify([message, fields])
    if (warned.has(key) || warned.size >= limits.warnings) return
    warned.add(key)
    log.warn(message, fields)
  }
  const store = createStore({
    limits: { ...limits, retainedQuotas: { ...limits.retainedQuotas, ...monitorQuota(Object.keys(users), limits) } },
    mayRead: (user, topic) => access.allows(user, 'read', topic),
    mayWrite: (user, topic) => access.allows(user, 'write', topic),
    onFull(user) {
      counts.full++
      warnOnce('message for an absent client dropped: the limit is reached', { user })
    },
    onNotRetained(user, limit) {
      counts.notRetained++
      const which = limit === 'quota' ? 'its sender has too many retained messages' : 'the limit of all is reached'
      warnOnce(`message delivered but not retained: ${which}`, { user })
    },
  })
  /** The filters of clients without a persistent session. */
  const filters = new WeakMap<Client, Filters>()
  const filtersOf = (client: Client) => {
    if (!client.clean) return store.filtersOf(client.id)
    const own = filters.get(client) ?? openFilters(limits.session.filters)
    filters.set(client, own)
    return own
  }
  const watched = watchLogins()
  const takeovers = watchTakeovers(log)
  /** Connection, credential and address by user. */
  const logins = new Map<string, { client: Client; credential: string | undefined; address: string }>()
  const onAdmitted = (user: string, client: Client) => {
    const other = logins.get(user)
    if (other !== undefined && other.client !== client) takeovers.add(user, other.address, addressOf(client))
  }
  const logRefused = logRefusals(log)
  const onRefused = (user: string, address: string) => {
    watched.refused(user, address)
    logRefused(user, address)
  }
  const aedes = new Aedes({
    ...aedesHandlers({ access, counts, onAdmitted, onRefused, watched, warnOnce, startSending: store.startSending, filtersOf }),
    persistence: store,
    connectTimeout: limits.connectTimeout,
    drainTimeout: limits.drainTimeout,
    maxClientsIdLength: 64,
    // The limit of concurrent deliveries is shared by all clients: one client that does not read would stop all others.
    concurrency: 0,
  })
  // With an id, aedes drops a message that a later one has overtaken, as a supposed duplicate. For example, a live reading
  // (QoS 0, retained) followed by a heartbeat (not retained) in one TCP segment would be lost.
  aedes.id = ''

  aedes.on('client', (client) => {
    logins.set(client.id, { client, credential: access.credential(client.id), address: addressOf(client) })
    store.setPresent(client.id, true)
  })
  aedes.on('clientDisconnect', (client) => {
    if (logins.get(client.id)?.client !== client) return
    logins.delete(client.id)
    store.setPresent(client.id, false)
  })
  aedes.on('clientError', (client, error) => log.debug('connection broken', { user: client.id, error }))
  aedes.on('connectionError', (client, error) => {
    if (error.message !== newerVersion) counts.garbage++
    log.debug('connection closed before a login', { address: addressOf(client), error })
  })
  const emitter: EventEmitter = aedes
  emitter.on('error', (error) => log.error('broker error; the broker continues', { error }))
  await aedes.listen()

  const connections = takeConnections({ aedes, limits, counts, warnOnce, filtersOf })
  const server = createServer(connections.accept)
  let secure: TlsListener | undefined
  server.maxConnections = limits.sockets
  server.on('drop', () => {
    counts.tooMany++
    warnOnce('connection refused: the limit of connections is reached', {})
  })

  const close = async () => {
    const closed = server.listening ? once(server, 'close') : undefined
    server.close()
    const secureClosed = secure?.close()
    await new Promise<void>((resolve) => aedes.close(resolve))
    connections.destroy()
    await Promise.all([closed, secureClosed])
  }
  try {
    server.listen({ host, port })
    await once(server, 'listening')
  } catch (error) {
    await close()
    throw explained(error as NodeJS.ErrnoException, host, port)
  }
  server.on('error', (error) => log.error('the broker cannot accept connections', { error }))
  if (tls) secure = await openTlsListener(tls, connections.accept, log)

  const address = server.address()
  return {
    port: address !== null && typeof address === 'object' ? address.port : port,
    get tlsPort() {
      return secure?.port ?? 0
    },
    counts,
    roomsOf: access.roomsOf,
    eventsOf: watched.eventsOf,
    takeoversOf: takeovers.of,
    async reload() {
      await access.reload()
      await secure?.reload()
      warned.clear()
      for (const [user, { client, credential }] of [...logins]) {
        const now = access.credential(user)
        if (now === credential) continue
        log.info('client disconnected: its user or password has changed', { user })
        client.close()
        if (now === undefined) store.deleteSession(user)
      }
    },
    close,
  }
}

/** The monitor retains the settings of every device. */
function monitorQuota(users: readonly string[], { retainedMessages, retainedBytes }: Limits) {
  return Object.fromEntries(users.map((user) => [user, { messages: retainedMessages, bytes: retainedBytes }]))
}

function explained(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const reasons: Record<string, string> = {
    EADDRINUSE: 'another program uses it',
    EACCES: 'this user may not use it (ports below 1024 are for root)',
    EADDRNOTAVAIL: 'this machine does not have that address',
    ENOTFOUND: 'the address does not exist',
  }
  const reason = reasons[error.code ?? ''] ?? error.message
  return Object.assign(new Error(`the broker cannot listen on port ${port} of ${host}: ${reason}`, { cause: error }), { code: error.code })
}
