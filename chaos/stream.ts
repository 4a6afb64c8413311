import type { Socket } from 'node:net'

/**
 * Behaviour of one direction of a connection.
 * `swallow`: bytes never arrive. A connection that has lost a byte stays dead in this direction, because TCP has no holes.
 * `hold`: bytes arrive after the end of this behaviour, as after lost packets.
 * `delay`: bytes arrive `ms` later.
 * `slow`: `piece` bytes arrive at a time.
 */
export type Behaviour =
  | { kind: 'pass' }
  | { kind: 'swallow' }
  | { kind: 'hold' }
  | { kind: 'delay'; ms: number }
  | { kind: 'slow'; bytesPerSecond: number; piece: number }

export type Stream = ReturnType<typeof createStream>

/** Bytes under way from which the sender must wait. */
const most = 262_144

/** One direction of a connection. */
export function createStream(from: Socket, to: Socket, first: Behaviour) {
  let behaviour = first
  let queue: { bytes: Buffer; since: number }[] = []
  let size = 0
  let dead = false
  let ended = false
  let timer: NodeJS.Timeout | undefined

  from.on('data', (bytes: Buffer) => {
    if (behaviour.kind === 'swallow' || dead) {
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
      if (behaviour.kind === 'hold' || behaviour.kind === 'swallow') return
      if (behaviour.kind === 'delay') {
        const wait = head.since + behaviour.ms - performance.now()
        if (wait > 0) return later(wait)
      }
      if (behaviour.kind === 'slow') {
        send(behaviour.piece)
        return later((behaviour.piece / behaviour.bytesPerSecond) * 1000)
      }
      send(head.bytes.length)
    }
    // The end of a stream is lost like its bytes; the receiver sees it when the link works again.
    if (ended && behaviour.kind !== 'swallow' && behaviour.kind !== 'hold') to.destroy()
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
    behave(next: Behaviour): void {
      behaviour = next
      // Bytes under way are swallowed too.
      if (next.kind === 'swallow' && queue.length > 0) {
        queue = []
        size = 0
        dead = true
        from.resume()
      }
      pump()
    },
    /** The sender has closed the connection: the receiver's side is closed after the bytes under way. */
    end(): void {
      ended = true
      pump()
    },
    /** Discards all bytes under way. */
    drop(): void {
      clearTimeout(timer)
      queue = []
    },
  }
}
