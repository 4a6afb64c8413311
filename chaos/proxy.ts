import { once } from 'node:events'
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net'
import { createStream, type Manner, type Stream } from './stream.ts'

/** A link that the test can break: a TCP proxy on loopback in front of somebody else's port. */
export interface RoughLink {
  readonly port: number
  /** Connections that are open on the client's side. */
  readonly open: number
  /** Where new connections lead; the other side may come back on another port. */
  target: number
  /** How bytes go from the client to the target (`up`) and back (`down`), from now on, on old and new connections alike. */
  behave(up: Manner, down?: Manner): void
  /** Every connection ends now. */
  cut(): void
  /** New connections are closed as soon as they are made; old ones live on. */
  refuse(refusing: boolean): void
  close(): Promise<void>
}

interface Connection {
  up: Stream
  down: Stream
  reset(): void
}

/** Starts a proxy that lets everything through. @param target a port on 127.0.0.1 */
export async function startProxy(target: number): Promise<RoughLink> {
  const connections = new Set<Connection>()
  let manners: { up: Manner; down: Manner } = { up: { kind: 'pass' }, down: { kind: 'pass' } }
  let refusing = false

  const server = createServer({ allowHalfOpen: false }, (client) => {
    if (refusing) {
      client.destroy()
      return
    }
    const far = dial(proxy.target, '127.0.0.1')
    const ends = { client: true, far: true }
    const gone = (side: 'client' | 'far', socket: Socket, towards: Stream) => {
      ends[side] = false
      socket.destroy()
      // The other side hears of it when the network would have told it: not through a hole.
      towards.end()
      if (!ends.client && !ends.far) connections.delete(connection)
    }
    const connection: Connection = {
      up: createStream(client, far, manners.up),
      down: createStream(far, client, manners.down),
      reset() {
        client.destroy()
        far.destroy()
        connection.up.drop()
        connection.down.drop()
        connections.delete(connection)
      },
    }
    connections.add(connection)
    for (const socket of [client, far]) {
      socket.setNoDelay()
      socket.on('error', () => {})
    }
    client.once('close', () => gone('client', client, connection.up))
    far.once('close', () => gone('far', far, connection.down))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const proxy: RoughLink = {
    port: (server.address() as AddressInfo).port,
    target,
    get open() {
      return connections.size
    },
    behave(up, down = up) {
      manners = { up, down }
      for (const connection of connections) {
        connection.up.behave(up)
        connection.down.behave(down)
      }
    },
    cut() {
      for (const connection of [...connections]) connection.reset()
    },
    refuse(wanted) {
      refusing = wanted
    },
    async close() {
      proxy.cut()
      server.close()
      await once(server, 'close')
    },
  }
  return proxy
}
