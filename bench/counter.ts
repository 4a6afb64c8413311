import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Traffic of a connection. */
export interface Traffic {
  /** Bytes of TCP payload from the client (`up`) and to it (`down`). */
  up: number
  down: number
  /** Number of chunks; each is one TCP segment while one side waits for the other. */
  pieces: number
}

/** A TCP proxy on 127.0.0.1 that counts traffic. @param target a port on 127.0.0.1 */
export async function startCounter(target: number) {
  let traffic: Traffic = { up: 0, down: 0, pieces: 0 }
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const far = connect(target, '127.0.0.1')
    const pass = (from: Socket, to: Socket, way: 'up' | 'down') => {
      sockets.add(from.setNoDelay())
      from.on('data', (bytes) => {
        traffic[way] += bytes.length
        traffic.pieces += 1
        to.write(bytes)
      })
      from.on('end', () => to.end())
      from.on('error', () => to.destroy())
      from.on('close', () => sockets.delete(from))
    }
    pass(client, far, 'up')
    pass(far, client, 'down')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    /** Returns the traffic since the last call. */
    take(): Traffic {
      const taken = traffic
      traffic = { up: 0, down: 0, pieces: 0 }
      return taken
    },
    async close(): Promise<void> {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}
