import type { Packet } from '@hearthwatch/api/packets'
import { signal } from '@preact/signals'

/** A packet with a unique key: the monitor's ids start again when it restarts. */
export interface Listed extends Packet {
  key: number
}

/** The last packets, the newest first. */
export const packets = signal<readonly Listed[]>([])
/** Number of packets received since the list was paused. */
export const waiting = signal(0)
export const isPaused = signal(false)
export const state = signal<'connecting' | 'live' | 'lost'>('connecting')
/** Number of packets that the monitor left out because too many came within one second. */
export const missed = signal(0)

export const most = 300
/** ms between two redraws of the list */
const rhythm = 100
const again = 3000

let latest = 0
let waitingPackets: Listed[] = []
/** New verdicts by the id of the packet. */
let verdicts = new Map<number, readonly string[]>()
let isDrawing = false

function drawSoon(): void {
  if (isDrawing) return
  isDrawing = true
  setTimeout(draw, rhythm)
}

function draw(): void {
  isDrawing = false
  const newVerdicts = verdicts
  verdicts = new Map()
  const withVerdict = (packet: Listed): Listed => {
    const verdict = newVerdicts.get(packet.id)
    return verdict === undefined ? packet : { ...packet, verdict: [...verdict] }
  }
  if (newVerdicts.size > 0) waitingPackets = waitingPackets.map(withVerdict)
  const before = newVerdicts.size > 0 ? packets.value.map(withVerdict) : packets.value
  if (isPaused.value) {
    waiting.value = waitingPackets.length
    if (newVerdicts.size > 0) packets.value = before
    return
  }
  packets.value = [...waitingPackets, ...before].slice(0, most)
  waitingPackets = []
  waiting.value = 0
}

export function pause(): void {
  isPaused.value = true
}

export function resume(): void {
  isPaused.value = false
  draw()
}

export function clear(): void {
  waitingPackets = []
  packets.value = []
  waiting.value = 0
  missed.value = 0
}

/** Subscribes to the packet trace. @returns unsubscribes */
export function subscribe(filter: string): () => void {
  let source: EventSource
  let retry: ReturnType<typeof setTimeout> | undefined

  function open(): void {
    state.value = 'connecting'
    source = new EventSource(`api/wire?${new URLSearchParams({ filter })}`)
    // After a restart the monitor uses the same ids again.
    source.onopen = () => {
      verdicts.clear()
      packets.value = packets.value.map((packet) => ({ ...packet, id: 0 }))
      waitingPackets = waitingPackets.map((packet) => ({ ...packet, id: 0 }))
      state.value = 'live'
    }
    source.onerror = () => {
      state.value = 'lost'
      if (source.readyState === EventSource.CLOSED) retry = setTimeout(open, again)
    }
    source.addEventListener('packet', ({ data }) => {
      latest += 1
      waitingPackets = [{ ...(JSON.parse(data) as Packet), key: latest }, ...waitingPackets].slice(0, most)
      drawSoon()
    })
    source.addEventListener('verdict', ({ data }) => {
      const { id, verdict } = JSON.parse(data) as Pick<Packet, 'id' | 'verdict'>
      verdicts.set(id, verdict)
      drawSoon()
    })
    source.addEventListener('dropped', ({ data }) => {
      missed.value += (JSON.parse(data) as { count: number }).count
    })
  }

  open()
  return () => {
    clearTimeout(retry)
    source.close()
  }
}
