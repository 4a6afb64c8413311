import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** What went over a connection since it was last asked. */
export interface Traffic {
  /** bytes of TCP's payload, from the client and to it */
  up: number
  down: number
  /** pieces in which they came: a segment each, as long as one side waits for the other */
  pieces: number
}

/** A proxy on loopback that counts. */
export interface Counter {
  readonly port: number
  /** What has been counted, and from then on anew. */
  take(): Traffic
  close(): Promise<void>
}

/** @param target a port on 127.0.0.1 */
export async function startCounter(target: number): Promise<Counter> {
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
    take() {
      const taken = traffic
      traffic = { up: 0, down: 0, pieces: 0 }
      return taken
    },
    async close() {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}
