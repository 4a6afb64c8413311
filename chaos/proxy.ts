import { once } from 'node:events'
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net'
import { type Behaviour, createStream, type Stream } from './stream.ts'

/** A network link that the test can break: a TCP proxy on 127.0.0.1. */
export type FaultyLink = Awaited<ReturnType<typeof startProxy>>

interface Connection {
  up: Stream
  down: Stream
  reset(): void
}

/** Starts a proxy that forwards everything. @param target a port on 127.0.0.1 */
export async function startProxy(target: number) {
  const connections = new Set<Connection>()
  let behaviours: { up: Behaviour; down: Behaviour } = { up: { kind: 'pass' }, down: { kind: 'pass' } }
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
      // The end is forwarded behind the bytes under way, and not while the link swallows them.
      towards.end()
      if (!ends.client && !ends.far) connections.delete(connection)
    }
    const connection: Connection = {
      up: createStream(client, far, behaviours.up),
      down: createStream(far, client, behaviours.down),
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

  const proxy = {
    port: (server.address() as AddressInfo).port,
    /** Port on 127.0.0.1 to which new connections lead. */
    target,
    /** Number of open connections. */
    get open(): number {
      return connections.size
    },
    /** Sets the behaviour from the client to the target (`up`) and back (`down`), for existing and new connections. */
    behave(up: Behaviour, down = up): void {
      behaviours = { up, down }
      for (const connection of connections) {
        connection.up.behave(up)
        connection.down.behave(down)
      }
    },
    /** Closes every connection. */
    cut(): void {
      for (const connection of [...connections]) connection.reset()
    },
    /** Sets whether new connections are closed at once; existing ones stay. */
    refuse(value: boolean): void {
      refusing = value
    },
    async close(): Promise<void> {
      proxy.cut()
      server.close()
      await once(server, 'close')
    },
  }
  return proxy
}
