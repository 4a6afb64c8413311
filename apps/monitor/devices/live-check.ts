import { hour, minute, second } from '@hearthwatch/protocol/durations'

/** A live reading and its row are rounded differently by less than this. */
const rounding = 0.001
/** The clocks and the network allow this much between a live reading and its row. ms */
const mostApart = 5 * second
/** Rows of a topic that are remembered: a sensor publishes its newest value again when it reconnects. */
const mostRows = 64
const mostWaiting = 32
/** One reading without a row is no proof: a monitor that has just started does not know the row. */
const fewest = 2
/** A topic whose record arrives in this many batches over this time, without a live reading, is one that its device may not publish. */
const fewestBatches = 3
const unheardAfter = minute
/** A difference is shown for this time after its last reading. ms */
const shownFor = hour

interface Row {
  value: number
  taken: number
}

interface Live {
  value: number
  at: number
  ends: boolean
}

interface Watch {
  rows: readonly Row[]
  waiting: readonly Live[]
  /** Live readings in a row that the record does not have. */
  differing: number
  /** Time of the last one, ms. */
  last: number
  /** Batches since the last live reading, and the arrival of the first of them, ms. */
  unheard: number
  unheardSince: number
}

export type LiveCheck = ReturnType<typeof createLiveCheck>

/**
 * Compares the live readings of a topic with the record of its owner, in memory. A sensor publishes both from one reading, so
 * a live reading that the record does not have is from somebody else.
 */
export function createLiveCheck() {
  const watches = new Map<string, Watch>()

  function watch(topic: string): Watch {
    let found = watches.get(topic)
    if (found === undefined) {
      found = { rows: [], waiting: [], differing: 0, last: 0, unheard: 0, unheardSince: 0 }
      watches.set(topic, found)
    }
    return found
  }

  return {
    /** @param ends true if the reading would have ended an alert */
    live(topic: string, value: number, at: number, ends: boolean): void {
      const about = watch(topic)
      about.unheard = 0
      const live = { value, at, ends }
      if (about.rows.some((row) => isRowOf(live, row))) about.differing = 0
      else about.waiting = [...about.waiting, live].slice(-mostWaiting)
    },

    /**
     * Rows of the record, in their order.
     * @param at their arrival, ms
     */
    rows(topic: string, rows: readonly Row[], at: number): void {
      const newest = rows.at(-1)
      if (newest === undefined) return
      const about = watch(topic)
      if (about.unheard++ === 0) about.unheardSince = at
      const waiting = about.waiting.filter((live) => !rows.some((row) => isRowOf(live, row)))
      if (waiting.length < about.waiting.length) about.differing = 0
      for (const { at: heard, ends } of waiting) {
        if (heard + mostApart >= newest.taken) continue
        about.differing += ends ? fewest : 1
        about.last = Math.max(about.last, heard)
      }
      about.waiting = waiting.filter(({ at }) => at + mostApart >= newest.taken)
      about.rows = [...about.rows, ...rows].slice(-mostRows)
    },

    /** True if the record of a topic arrives and its live readings do not: the access list of the broker refuses them. */
    isUnheard(topic: string, at: number): boolean {
      const about = watches.get(topic)
      return about !== undefined && about.unheard >= fewestBatches && at - about.unheardSince >= unheardAfter
    },

    /**
     * True if others publish on this topic.
     * @param patience ms after which a row should have arrived
     */
    differs(topic: string, at: number, patience: number): boolean {
      const about = watches.get(topic)
      if (about === undefined) return false
      if (about.differing >= fewest && at - about.last < shownFor) return true
      return about.waiting.some((live) => live.ends && at - live.at > patience)
    },
  }
}

const isRowOf = (live: Live, { value, taken }: Row) => Math.abs(value - live.value) < rounding && taken <= live.at + mostApart
