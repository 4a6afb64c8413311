import type { Events } from '@hearthwatch/api/events'
import { beatEvery, watchBeats } from './heartbeat.ts'

const listeners: { [K in keyof Events]: Set<(data: Events[K]) => void> } = {
  reading: new Set(),
  status: new Set(),
  alert: new Set(),
  notification: new Set(),
  label: new Set(),
  note: new Set(),
}

/**
 * Subscribes to the monitor's events of one type.
 * @returns unsubscribes
 */
export function onEvent<K extends keyof Events>(type: K, listener: (data: Events[K]) => void): () => void {
  listeners[type].add(listener)
  return () => void listeners[type].delete(listener)
}

/** By this name the page limits its stream of events; `crypto.randomUUID` exists over HTTPS only. */
export const streamName = Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36).padStart(7, '0')).join('')

export interface ConnectionHandlers {
  onOpen(): void
  /** The connection is lost; the browser reconnects. */
  onLost(): void
  /** The browser does not reconnect: the session has ended, too many streams are open, or nothing arrives any more. */
  onEnd(): void
}

/** Connects to the event stream of the monitor. @returns disconnects */
export function openEvents({ onOpen, onLost, onEnd }: ConnectionHandlers): () => void {
  const source = new EventSource(`api/events?beat=${beatEvery}&stream=${streamName}`)
  const close = () => {
    source.close()
    beats.stop()
  }
  const beats = watchBeats(() => {
    close()
    onEnd()
  })
  source.onopen = () => {
    beats.heard()
    onOpen()
  }
  source.onerror = () => {
    if (source.readyState !== EventSource.CLOSED) return onLost()
    close()
    onEnd()
  }
  source.addEventListener('beat', beats.heard)
  for (const type of Object.keys(listeners) as (keyof Events)[]) {
    source.addEventListener(type, (event) => {
      beats.heard()
      const data = JSON.parse(event.data)
      for (const listener of listeners[type]) listener(data as never)
    })
  }
  return close
}
