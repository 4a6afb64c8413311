import type { Events } from '@hearthwatch/api/events'

const ears: { [K in keyof Events]: Set<(data: Events[K]) => void> } = {
  reading: new Set(),
  status: new Set(),
  alert: new Set(),
  notification: new Set(),
  label: new Set(),
}

/**
 * Hears what happens in the house, for as long as the page is connected.
 * @returns the way to stop
 */
export function hear<K extends keyof Events>(type: K, listener: (data: Events[K]) => void): () => void {
  ears[type].add(listener)
  return () => void ears[type].delete(listener)
}

export interface Line {
  onOpen(): void
  /** It is tried again by the browser. */
  onBroken(): void
  /** It is not tried again: the login is over, or too many listen. */
  onEnd(): void
}

/** @returns the way to hang up */
export function listen({ onOpen, onBroken, onEnd }: Line): () => void {
  const source = new EventSource('api/events')
  source.onopen = onOpen
  source.onerror = () => (source.readyState === EventSource.CLOSED ? onEnd() : onBroken())
  for (const type of Object.keys(ears) as (keyof Events)[]) {
    source.addEventListener(type, (event) => {
      const data = JSON.parse(event.data)
      for (const listener of ears[type]) listener(data as never)
    })
  }
  return () => source.close()
}
