import type { Socket } from 'node:net'

export interface LoginLimits {
  /** Connections of an address that may be without a login for longer than `grace`. */
  perAddress: number
  /** Connections of an address that may be without a login at a time. */
  burst: number
  /** Time in which many devices behind one address may connect at once, for example after a power failure. ms */
  grace: number
}

export interface Newcomer {
  /** The CONNECT has arrived: the connection waits for us now, not we for it. */
  asks(): void
  leaves(): void
}

interface Address {
  /** Silent connections by the time of their arrival, oldest first. */
  silent: Map<Socket, number>
  /** Number of connections whose login is being checked. */
  asking: number
}

/**
 * Bounds the connections of each address that have not logged in, so that one machine cannot use up all connections.
 * The oldest silent connection makes room for a new one: a client that sends its CONNECT at once always gets in.
 * @param onClosed called for each connection that is closed here.
 */
export function boundNewcomers({ perAddress, burst, grace }: LoginLimits, onClosed: (address: string) => void) {
  const addresses = new Map<string, Address>()

  const close = (address: string, socket: Socket) => {
    addresses.get(address)?.silent.delete(socket)
    onClosed(address)
    socket.destroy()
  }
  const trim = (address: string) => {
    const { silent } = addresses.get(address) ?? { silent: new Map<Socket, number>() }
    for (const [socket, since] of silent) {
      if (silent.size <= perAddress || performance.now() - since < grace) return
      close(address, socket)
    }
  }

  return {
    /** Adds a connection. @returns undefined if it was closed. */
    enter(address: string, socket: Socket): Newcomer | undefined {
      const known = addresses.get(address) ?? { silent: new Map<Socket, number>(), asking: 0 }
      addresses.set(address, known)
      if (known.silent.size + known.asking >= burst) {
        const [oldest] = known.silent.keys()
        close(address, oldest ?? socket)
        if (oldest === undefined) return undefined
      }
      known.silent.set(socket, performance.now())
      // A millisecond more, because a timer may fire a fraction of one too early.
      if (known.silent.size > perAddress) setTimeout(trim, grace + 1, address).unref()
      let isAsking = false
      return {
        asks() {
          if (!known.silent.delete(socket)) return
          known.asking++
          isAsking = true
        },
        leaves() {
          known.silent.delete(socket)
          if (isAsking) known.asking--
          isAsking = false
          if (known.silent.size + known.asking === 0) addresses.delete(address)
        },
      }
    },
  }
}
