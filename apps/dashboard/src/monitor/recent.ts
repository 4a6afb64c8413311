import type { Readings } from '@hearthwatch/api/history'
import { hour, minute } from '@hearthwatch/protocol/durations'
import { type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { ask, now, withQuery } from './ask.ts'
import { onEvent } from './events.ts'
import { fresh } from './state.ts'

/** A moment of a series: ms, and the mean of the readings around it. */
export type Moment = readonly [time: number, value: number]

export interface Recent {
  /** What the moments begin with at the earliest, ms. */
  from: number
  /** ms between two of them where nothing is missing. */
  step: number
  moments: readonly Moment[]
}

const long = { span: 6 * hour, step: 5 * minute }
const short = { span: hour, step: 20_000 }
/** How often it is asked for what nobody tells: what a sensor brings late, out of its record. ms */
const review = { every: 10 * minute, afterReturn: 3_000 }
/** Two at a time: the first tile is soon full, and nothing else has to wait. */
const atOnce = 2

interface Series {
  room: string
  quantity: string
  kept: Signal<Recent | null>
}

const all = new Map<string, Series>()
const waiting: Series[] = []
let asking = 0

/** The last hours of a series; null: not known yet. */
export function recent(room: string, quantity: string): ReadonlySignal<Recent | null> {
  const key = JSON.stringify([room, quantity])
  let series = all.get(key)
  if (series === undefined) {
    series = { room, quantity, kept: signal(null) }
    all.set(key, series)
    fetchSoon(series)
  }
  return series.kept
}

/** What was missed is asked for: after a pause of the line. */
export function refetchRecent(): void {
  for (const series of all.values()) fetchSoon(series)
}

/** Nothing is remembered of a house that somebody has logged out of. */
export function forgetRecent(): void {
  all.clear()
  waiting.length = 0
}

function fetchSoon(series: Series): void {
  // Everything is asked for when the line is up.
  if (fresh.peek() === 0) return
  if (!waiting.includes(series)) waiting.push(series)
  if (asking < atOnce) void work()
}

async function work(): Promise<void> {
  asking += 1
  for (let series = waiting.shift(); series !== undefined; series = waiting.shift()) {
    try {
      series.kept.value = await fetchRecent(series)
    } catch {
      // It is asked again when the line is up again.
    }
  }
  asking -= 1
}

/** Hours of what has been there for long; of what is young the last hour, finer. */
async function fetchRecent(series: Series): Promise<Recent> {
  const answer = await fetchSpan(series, long)
  const first = answer.moments[0]?.[0] ?? 0
  return first > now() - hour ? fetchSpan(series, short) : answer
}

async function fetchSpan({ room, quantity }: Series, { span, step }: typeof long): Promise<Recent> {
  const from = Math.ceil((now() - span) / step) * step
  const points = Math.ceil(span / step)
  const readings = await ask<Readings>(withQuery('api/readings', { room, quantity, from, points }))
  const moments = readings.points.map(([time = 0, , mean = 0]) => [time, mean] as const)
  return { from, step: Math.max(readings.resolution || usualStep(moments), 1000), moments }
}

/** The step that most have; a pause in between does not count. */
function usualStep(moments: readonly Moment[]): number {
  const steps = moments.slice(1).map(([time], i) => time - (moments[i]?.[0] ?? 0))
  return steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? minute
}

onEvent('reading', ({ room, quantity, value, time }) => {
  const kept = all.get(JSON.stringify([room, quantity]))?.kept
  if (!kept?.value) return
  const { from, step, moments } = kept.value
  const last = moments.at(-1)?.[0] ?? 0
  if (time < last + step) return
  const start = Math.max(from, time - (step < minute ? short.span : long.span))
  kept.value = { from: start, step, moments: [...moments.filter(([at]) => at >= start), [time, value]] }
})

setInterval(() => {
  if (document.visibilityState === 'visible') refetchRecent()
}, review.every)
onEvent('status', ({ room, status }) => {
  if (status === 'online')
    setTimeout(() => [...all.values()].filter((series) => series.room === room).forEach(fetchSoon), review.afterReturn)
})
