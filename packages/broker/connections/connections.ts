import type { Socket } from 'node:net'
import { minute } from '@hearthwatch/protocol/durations'
import type { Aedes, Client } from 'aedes'
import type { Counts } from '../counts.ts'
import { addressOf } from '../handlers.ts'
import type { Limits } from '../limits.ts'
import type { Filters } from '../messages/filters.ts'
import { checkIncoming } from './incoming.ts'
import { watchNewerClients } from './newer-clients.ts'
import { boundNewcomers } from './unauthenticated.ts'

export interface ConnectionOptions {
  aedes: Aedes
  limits: Limits
  counts: Counts
  warnOnce(message: string, fields: Record<string, string>): void
  filtersOf(client: Client): Filters
}

/** Takes connections of every port, bounds what they may do before a login, and checks each of their packets. */
export function takeConnections({ aedes, limits, counts, warnOnce, filtersOf }: ConnectionOptions) {
  const connections = new WeakMap<Client, { release(): void }>()
  const newer = watchNewerClients(counts, limits.fallbackTime, (address) => {
    warnOnce(
      'connection refused: it speaks MQTT 5, and this broker MQTT 3.1.1; what needs MQTT 5, such as Home Assistant from 2027.1 on, needs Mosquitto',
      { address },
    )
  })
  aedes.on('connackSent', ({ returnCode }, client) => {
    if (returnCode !== 0) return
    newer.loggedIn(client.id)
    connections.get(client)?.release()
  })
  const newcomers = boundNewcomers(limits.logins, (address) => {
    counts.tooMany++
    warnOnce('connections closed: too many of this address have not logged in', { address })
  })
  const sockets = new Set<Socket>()

  return {
    accept(socket: Socket): void {
      socket.on('error', () => {})
      const newcomer = newcomers.enter(socket.remoteAddress ?? '', socket)
      if (newcomer === undefined) return
      sockets.add(socket)
      socket.once('close', () => {
        sockets.delete(socket)
        newcomer.leaves()
      })
      socket.setNoDelay(true)
      // Detects a lost connection of a client that sends no pings (keep-alive 0).
      socket.setKeepAlive(true, minute)
      const client = aedes.handle(socket)
      const release = checkIncoming(client, {
        limits,
        onConnect: newcomer.asks,
        onMqtt5: (name) => newer.refused(name, addressOf(client)),
        onUnsubscribe: (filter) => filtersOf(client).delete(filter),
        onTooLarge() {
          counts.tooLarge++
          warnOnce('connection closed: a packet is too large', { user: client.id ?? '', address: addressOf(client) })
        },
        onTooManyFilters(count) {
          counts.filtersRefused += count
          warnOnce('subscription refused: too many topic filters in a packet', { user: client.id })
        },
      })
      connections.set(client, {
        release() {
          newcomer.leaves()
          release()
        },
      })
    },
    /** Breaks all connections. */
    destroy(): void {
      for (const socket of sockets) socket.destroy()
    },
  }
}
