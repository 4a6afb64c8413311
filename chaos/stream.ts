import type { Socket } from 'node:net'

/**
 * How bytes get from one side to the other. `swallow`: they are taken and never arrive; since TCP leaves no holes in a
 * stream, a connection that has lost a byte stays dead in this direction, as after a router forgot it. `hold`: they
 * arrive when it is over, as after lost packets. `slow`: `piece` bytes at a time, one or more.
 */
export type Manner =
  | { kind: 'pass' }
  | { kind: 'swallow' }
  | { kind: 'hold' }
  | { kind: 'delay'; ms: number }
  | { kind: 'slow'; bytesPerSecond: number; piece: number }

export interface Stream {
  behave(manner: Manner): void
  /** The sender is gone: the receiver hears of it behind what is still under way. */
  end(): void
  /** Nothing more goes out. */
  drop(): void
}

/** Bytes under way from which on the sender has to wait. */
const most = 262_144

/** One direction of a connection. */
export function createStream(from: Socket, to: Socket, first: Manner): Stream {
  let manner = first
  let queue: { bytes: Buffer; since: number }[] = []
  let size = 0
  let dead = false
  let ended = false
  let timer: NodeJS.Timeout | undefined

  from.on('data', (bytes: Buffer) => {
    if (manner.kind === 'swallow' || dead) {
      dead = true
      return
    }
    queue.push({ bytes, since: performance.now() })
    size += bytes.length
    if (size > most) from.pause()
    pump()
  })

  function pump(): void {
    clearTimeout(timer)
    timer = undefined
    while (!dead) {
      const head = queue[0]
      if (head === undefined) break
      if (manner.kind === 'hold' || manner.kind === 'swallow') return
      if (manner.kind === 'delay') {
        const wait = head.since + manner.ms - performance.now()
        if (wait > 0) return later(wait)
      }
      if (manner.kind === 'slow') {
        send(manner.piece)
        return later((manner.piece / manner.bytesPerSecond) * 1000)
      }
      send(head.bytes.length)
    }
    // A dead stream's end is lost like its bytes; the receiver learns of it once the network is there again.
    if (ended && manner.kind !== 'swallow' && manner.kind !== 'hold') to.destroy()
  }

  function later(ms: number): void {
    timer = setTimeout(pump, ms)
  }

  function send(count: number): void {
    const head = queue[0]
    if (head === undefined) return
    if (!to.destroyed) to.write(head.bytes.subarray(0, count))
    size -= Math.min(count, head.bytes.length)
    if (count >= head.bytes.length) queue.shift()
    else head.bytes = head.bytes.subarray(count)
    if (size <= most && from.isPaused()) from.resume()
  }

  return {
    behave(wanted) {
      manner = wanted
      // What had not arrived when the hole opened never does.
      if (wanted.kind === 'swallow' && queue.length > 0) {
        queue = []
        size = 0
        dead = true
        from.resume()
      }
      pump()
    },
    end() {
      ended = true
      pump()
    },
    drop() {
      clearTimeout(timer)
      queue = []
    },
  }
}
