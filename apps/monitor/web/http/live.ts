import type { ServerResponse } from 'node:http'
import type { LiveEvent, LiveState } from '../../live/live-state.ts'

export interface LiveOptions {
  liveState: LiveState
  /** An event as server-sent text; null: not for these listeners. */
  write(event: LiveEvent): string | null
  /** ms between two signs of life to listeners that hear nothing else. */
  heartbeat?: number
  /** How many may listen at once. */
  limit?: number
  /** Bytes that may wait for one listener before it is cut off. */
  backlog?: number
}

interface Listener {
  response: ServerResponse
  mayListen(): boolean
}

export type Live = ReturnType<typeof createLive>

/**
 * Tells everybody who listens what the liveState tells. Each event is written down once, what comes together goes out
 * together, and whoever cannot keep up is cut off: the house waits for nobody.
 */
export function createLive({ liveState, write, heartbeat = 15_000, limit = 100, backlog = 256 * 1024 }: LiveOptions) {
  const listeners = new Set<Listener>()
  let waiting = ''
  let stopHearing: (() => void) | undefined
  let beating: NodeJS.Timeout | undefined

  function flush(): void {
    const chunk = Buffer.from(waiting)
    waiting = ''
    for (const { response } of listeners) {
      if (response.writableLength > backlog) response.destroy()
      else response.write(chunk)
    }
  }

  function say(text: string): void {
    if (waiting === '') setImmediate(flush)
    waiting += text
  }

  /** Whoever is logged out, or whose login has run out, hears no more. */
  function check(): void {
    for (const listener of listeners) if (!listener.mayListen()) end(listener)
  }

  function end(listener: Listener): void {
    forget(listener)
    listener.response.end()
  }

  function forget(listener: Listener): void {
    if (listeners.delete(listener) && listeners.size === 0) stop()
  }

  function start(): void {
    stopHearing = liveState.onEvent((event) => {
      const text = write(event)
      if (text !== null) say(text)
    })
    beating = setInterval(() => {
      check()
      say(':\n\n')
    }, heartbeat)
  }

  function stop(): void {
    stopHearing?.()
    clearInterval(beating)
  }

  return {
    get size(): number {
      return listeners.size
    },

    isFull: () => listeners.size >= limit,

    /** @param response its head is written */
    add(response: ServerResponse, mayListen: () => boolean): void {
      const listener = { response, mayListen }
      if (listeners.size === 0) start()
      listeners.add(listener)
      response.on('close', () => forget(listener))
      // A broken connection is no event of ours: 'close' follows.
      response.on('error', () => {})
      response.write('retry: 2000\n\n')
    },

    check,

    close(): void {
      for (const listener of listeners) end(listener)
    },
  }
}
