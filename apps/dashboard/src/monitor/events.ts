import type { Events } from '@hearthwatch/api/events'

const listeners: { [K in keyof Events]: Set<(data: Events[K]) => void> } = {
  reading: new Set(),
  status: new Set(),
  alert: new Set(),
  notification: new Set(),
  label: new Set(),
}

/**
 * Subscribes to the monitor's events of one type.
 * @returns unsubscribes
 */
export function onEvent<K extends keyof Events>(type: K, listener: (data: Events[K]) => void): () => void {
  listeners[type].add(listener)
  return () => void listeners[type].delete(listener)
}

export interface ConnectionHandlers {
  onOpen(): void
  /** The connection is lost; the browser reconnects. */
  onLost(): void
  /** The browser does not reconnect: the session has ended, or too many streams are open. */
  onEnd(): void
}

/** Connects to the event stream of the monitor. @returns disconnects */
export function openEvents({ onOpen, onLost, onEnd }: ConnectionHandlers): () => void {
  const source = new EventSource('api/events')
  source.onopen = onOpen
  source.onerror = () => (source.readyState === EventSource.CLOSED ? onEnd() : onLost())
  for (const type of Object.keys(listeners) as (keyof Events)[]) {
    source.addEventListener(type, (event) => {
      const data = JSON.parse(event.data)
      for (const listener of listeners[type]) listener(data as never)
    })
  }
  return () => source.close()
}
