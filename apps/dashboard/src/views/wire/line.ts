import type { Packet } from '@hearthwatch/api/packets'
import { signal } from '@preact/signals'

/** A packet with a number of its own: those of the monitor begin anew when it is started. */
export interface Listed extends Packet {
  key: number
}

/** The last ones, the newest first. */
export const packets = signal<readonly Listed[]>([])
/** How many came since the list was halted. */
export const waiting = signal(0)
export const isHalted = signal(false)
export const state = signal<'connecting' | 'live' | 'lost'>('connecting')
/** Packets that were not told, because there were too many in a second. */
export const missed = signal(0)

export const most = 300
/** At most so often the list is drawn. ms */
const rhythm = 100
const again = 3000

let latest = 0
let waitingPackets: Listed[] = []
/** What became of packets, for those that are listed or wait. */
let verdicts = new Map<number, readonly string[]>()
let isDrawing = false

function drawSoon(): void {
  if (isDrawing) return
  isDrawing = true
  setTimeout(draw, rhythm)
}

function draw(): void {
  isDrawing = false
  const told = verdicts
  verdicts = new Map()
  const withVerdict = (packet: Listed): Listed => {
    const verdict = told.get(packet.id)
    return verdict === undefined ? packet : { ...packet, verdict: [...verdict] }
  }
  if (told.size > 0) waitingPackets = waitingPackets.map(withVerdict)
  const before = told.size > 0 ? packets.value.map(withVerdict) : packets.value
  if (isHalted.value) {
    waiting.value = waitingPackets.length
    if (told.size > 0) packets.value = before
    return
  }
  packets.value = [...waitingPackets, ...before].slice(0, most)
  waitingPackets = []
  waiting.value = 0
}

export function halt(): void {
  isHalted.value = true
}

export function goOn(): void {
  isHalted.value = false
  draw()
}

export function clear(): void {
  waitingPackets = []
  packets.value = []
  waiting.value = 0
  missed.value = 0
}

/** Looks at the wire. @returns looks away */
export function look(filter: string): () => void {
  let source: EventSource
  let retry: ReturnType<typeof setTimeout> | undefined

  function open(): void {
    state.value = 'connecting'
    source = new EventSource(`api/wire?${new URLSearchParams({ filter })}`)
    // Those of another monitor's life have the same numbers.
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
