import type { Readings } from '@hearthwatch/api/history'
import { hour, minute } from '@hearthwatch/protocol/durations'
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { ask, now, withQuery } from './ask.ts'
import { type DayRange, type Moment, startOfDay, withReading } from './day-range.ts'
import { onEvent } from './events.ts'
import { connections } from './state.ts'

export interface Recent {
  /** Start of the time span, ms. */
  from: number
  /** Usual ms between two moments. */
  step: number
  moments: readonly Moment[]
  /** null: no reading since midnight */
  today: DayRange | null
}

const long = { span: 6 * hour, step: 5 * minute }
const short = { span: hour, step: 20_000 }
/** Readings from a sensor's outbox cause no event, so they are requested regularly. ms */
const review = { every: 10 * minute, afterReturn: 3_000 }
/** Most requests at once, so that the first tile is complete early and other requests are not delayed. */
const atOnce = 2

/** Start of the time axis that all sparklines share, ms: six hours ago, or the first reading of a younger house. */
export const sparklineStart = computed(() => {
  const firsts = [...loaded.value].flatMap(({ kept }) => kept.value?.moments[0]?.[0] ?? [])
  return firsts.length === 0 ? null : Math.min(...firsts)
})

/** More series than the page shows at once; the first one that was loaded goes. */
const mostSeries = 1000

interface Series {
  room: string
  quantity: string
  kept: Signal<Recent | null>
}

const all = new Map<string, Series>()
/** The series of `all`. */
const loaded = signal<readonly Series[]>([])
const waiting: Series[] = []
let asking = 0

/** The last hours of a series; null: not loaded yet. */
export function recent(room: string, quantity: string): ReadonlySignal<Recent | null> {
  const key = JSON.stringify([room, quantity])
  let series = all.get(key)
  if (series === undefined) {
    series = { room, quantity, kept: signal(null) }
    if (all.size >= mostSeries) all.delete(all.keys().next().value ?? '')
    all.set(key, series)
    // Not while a tile is drawn, which reads it.
    queueMicrotask(() => (loaded.value = [...all.values()]))
    fetchSoon(series)
  }
  return series.kept
}

/** Reloads all series after a lost connection. */
export function refetchRecent(): void {
  for (const series of all.values()) fetchSoon(series)
}

/** Forgets all series after a logout. */
export function forgetRecent(): void {
  all.clear()
  loaded.value = []
  waiting.length = 0
}

function fetchSoon(series: Series): void {
  // The first connection loads all series.
  if (connections.peek() === 0) return
  if (!waiting.includes(series)) waiting.push(series)
  if (asking < atOnce) void work()
}

async function work(): Promise<void> {
  asking += 1
  for (let series = waiting.shift(); series !== undefined; series = waiting.shift()) {
    try {
      series.kept.value = await fetchRecent(series)
    } catch {
      // The next connection loads it again.
    }
  }
  asking -= 1
}

/** Loads six hours and today, or one hour with finer steps if the series is younger than that. */
async function fetchRecent(series: Series): Promise<Recent> {
  const answer = await fetchSince(series, long)
  const first = answer.moments[0]?.[0] ?? 0
  if (first <= now() - hour) return answer
  return { ...(await fetchSince(series, short)), today: answer.today }
}

async function fetchSince({ room, quantity }: Series, { span, step }: typeof long): Promise<Recent> {
  const start = now() - span
  const from = Math.ceil(Math.min(start, startOfDay(now())) / step) * step
  const points = Math.ceil((now() - from) / step)
  const readings = await ask<Readings>(withQuery('api/readings', { room, quantity, from, points }))
  const moments = readings.points.filter(([time = 0]) => time >= start).map(([time = 0, , mean = 0]) => [time, mean] as const)
  const today = readings.points.reduce<DayRange | null>(
    (range, [time = 0, min = 0, , max = 0]) => withReading(withReading(range, [time, min]), [time, max]),
    null,
  )
  return {
    from: start,
    step: Math.max(readings.resolution || usualStep(moments), 1000),
    moments,
    today: today?.day === startOfDay(now()) ? today : null,
  }
}

/** The median step, so that pauses do not count. */
function usualStep(moments: readonly Moment[]): number {
  const steps = moments.slice(1).map(([time], i) => time - (moments[i]?.[0] ?? 0))
  return steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? minute
}

onEvent('reading', ({ room, quantity, value, time }) => {
  const kept = all.get(JSON.stringify([room, quantity]))?.kept
  if (!kept?.value) return
  const { from, step, moments } = kept.value
  const today = withReading(kept.value.today, [time, value])
  const isNext = time >= (moments.at(-1)?.[0] ?? 0) + step
  if (!isNext && today === kept.value.today) return
  const start = isNext ? Math.max(from, time - (step < minute ? short.span : long.span)) : from
  kept.value = { from: start, step, today, moments: isNext ? [...moments.filter(([at]) => at >= start), [time, value]] : moments }
})

setInterval(() => {
  if (document.visibilityState === 'visible') refetchRecent()
}, review.every)
onEvent('status', ({ room, status }) => {
  if (status === 'online')
    setTimeout(() => [...all.values()].filter((series) => series.room === room).forEach(fetchSoon), review.afterReturn)
})
