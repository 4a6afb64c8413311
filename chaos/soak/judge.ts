import { hour } from '@hearthwatch/protocol/durations'
import type { Sample } from './samples.ts'

/** The bounds of a soak. Growth is that of the median from the second third of the time to the last one. */
export const bounds = {
  /** Growth of anonymous memory: noise in MB, and MB an hour. */
  memory: { noise: 12, perHour: 12 },
  /** Growth of the number of handles. */
  handles: 4,
  /** Largest write-ahead log, MB: its limit, and a transaction. */
  wal: 20,
}

export interface Growth {
  /** MB */
  memory: number
  allowed: number
  handles: number
  /** Largest size, MB. */
  wal: number
  failures: string[]
}

/** Judges the samples of a soak in the order of their times. */
export function judge(samples: readonly Sample[]): Growth {
  const thirds = [1, 2].map((n) => samples.slice(Math.floor((n * samples.length) / 3), Math.floor(((n + 1) * samples.length) / 3)))
  const [second = [], last = []] = thirds
  const growth = (of: (sample: Sample) => number) => median(last.map(of)) - median(second.map(of))
  const between = (median(last.map(({ at }) => at)) - median(second.map(({ at }) => at))) / hour
  const { memory: memoryBounds, handles: mostHandles, wal: mostWal } = bounds
  const allowed = memoryBounds.noise + memoryBounds.perHour * between
  const memory = growth(({ anonymous }) => anonymous)
  const handles = growth((sample) => sample.handles)
  const wal = Math.max(0, ...samples.map((sample) => sample.wal))
  const failures: string[] = []
  if (samples.length < 9) failures.push(`only ${samples.length} samples were taken`)
  if (memory > allowed) failures.push(`anonymous memory has grown by ${memory.toFixed(1)} MB; ${allowed.toFixed(1)} are allowed`)
  if (handles > mostHandles) failures.push(`the monitor has ${handles} handles more; ${mostHandles} are allowed`)
  if (wal > mostWal) failures.push(`the write-ahead log had ${wal.toFixed(1)} MB; ${mostWal} are allowed`)
  return { memory, allowed, handles, wal, failures }
}

/** 0 for an empty list */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
