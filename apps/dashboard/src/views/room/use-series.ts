import type { Readings } from '@hearthwatch/api/history'
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { ask, withQuery } from '../../monitor/ask.ts'
import { onEvent } from '../../monitor/events.ts'
import { connections } from '../../monitor/state.ts'
import { type Point, type Series, withReading } from '../../parts/chart/points.ts'
import type { Window } from '../../words/calendar.ts'

export interface Wanted extends Window {
  room: string
  quantity: string
  /** New readings are added. */
  isLive: boolean
}

export interface Found {
  /** null: not loaded yet, or nothing requested */
  series: Series | null
  error: unknown
}

const points = 500
/** ms between two redraws with new readings */
const rhythm = 250
/** ms without a new span before it is loaded: zooming changes it with every move */
const patience = 120
/** Readings from a sensor's outbox cause no event, so they are requested regularly. ms */
const review = { least: 60_000, most: 900_000, perSpan: 1 / 60, afterReturn: 3_000 }

/**
 * The readings of a span, loaded when the span changes and after each new connection; new readings are added.
 * @param key changes when other readings are requested, but not while the span moves on with the time
 */
export function useSeries(wanted: Wanted | null, key: string): Found {
  const found = useSignal<Found>({ series: null, error: null })
  const latest = useRef(wanted)
  latest.current = wanted
  const again = useSignal(0)

  useEffect(() => {
    const { current } = latest
    if (current === null) {
      found.value = { series: null, error: null }
      return
    }
    const end = new AbortController()
    const timer = setTimeout(
      () => {
        const { room, quantity, from, to, isLive } = current
        const query = { room, quantity, from: Math.max(0, Math.floor(from)), to: isLive ? undefined : Math.ceil(to), points }
        ask<Readings>(withQuery('api/readings', query), { signal: end.signal }).then(
          ({ points: answered, resolution }) => {
            found.value = { series: { points: answered as unknown as Point[], resolution }, error: null }
          },
          (error) => {
            if (!end.signal.aborted) found.value = { series: found.value.series, error }
          },
        )
      },
      found.value.series === null ? 0 : patience,
    )
    return () => {
      clearTimeout(timer)
      end.abort()
    }
  }, [key, connections.value, again.value])

  useEffect(() => {
    if (!wanted?.isLive) return
    let waiting: { time: number; value: number }[] = []
    const show = () => {
      const { series } = found.value
      const from = latest.current?.from ?? 0
      if (series === null) return
      let next = series
      for (const reading of waiting) next = withReading(next, reading)
      waiting = []
      if (next === series || next.points === series.points) return
      found.value = { series: { ...next, points: next.points.filter(([time]) => time >= from - next.resolution) }, error: null }
      // Too many single readings: reload them in buckets.
      if (next.resolution === 0 && next.points.length > points * 2) again.value += 1
    }
    const stop = onEvent('reading', ({ room, quantity, time, value }) => {
      if (room !== wanted.room || quantity !== wanted.quantity) return
      if (waiting.length === 0) setTimeout(show, rhythm)
      waiting.push({ time, value })
    })
    return () => {
      stop()
      waiting = []
    }
  }, [key, wanted?.isLive])

  useEffect(() => {
    if (!wanted?.isLive) return
    const { room, from, to } = wanted
    const look = () => {
      if (document.visibilityState === 'visible') again.value += 1
    }
    const every = setInterval(look, Math.min(Math.max((to - from) * review.perSpan, review.least), review.most))
    // A sensor that is back online sends its outbox.
    const stop = onEvent('status', ({ room: whose, status }) => {
      if (whose === room && status === 'online') setTimeout(look, review.afterReturn)
    })
    return () => {
      clearInterval(every)
      stop()
    }
  }, [key, wanted?.isLive])

  return found.value
}
