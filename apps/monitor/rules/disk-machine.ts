import { day, hour } from '@hearthwatch/protocol/durations'

/** Free and usable bytes of a disk at a time, ms. */
export interface DiskSample {
  at: number
  free: number
  room: number
}

/** The text of the alert for a disk that takes nothing more. */
export const fullDisk = '100 %'

/** Share of use from which the alert fires, and the doctor warns. */
export const full = 0.9
/** Share of use below which the alert resolves. */
const well = 0.87
/** The alert fires this long before the disk is full, if it goes on filling as seen. ms */
const soon = 30 * day
/** Growth over less than this says nothing. ms */
const shortest = day

/** The samples that show the growth: one an hour, of the last week. */
export function withSample(samples: readonly DiskSample[], sample: DiskSample): readonly DiskSample[] {
  const recent = samples.filter(({ at }) => at <= sample.at && sample.at - at < 7 * day)
  const last = recent.at(-1)
  return last !== undefined && sample.at - last.at < hour ? recent : [...recent, sample]
}

/** The filling of a disk as it was seen. */
export interface DiskGrowth {
  /** Bytes a day. */
  perDay: number
  /** ms until the disk is full */
  left: number
  /** The alert fires at this pace. */
  isSoon: boolean
}

/** null: the disk does not fill, or was not seen for long enough */
export function growthOf(samples: readonly DiskSample[], { at, free }: DiskSample): DiskGrowth | null {
  const [first] = samples
  if (first === undefined || at - first.at < shortest || first.free <= free) return null
  const perMs = (first.free - free) / (at - first.at)
  return { perDay: perMs * day, left: free / perMs, isSoon: free / perMs < soon }
}

/** The trouble with the disk as text for the alert; null: none. @param isFiring true while the alert is open */
export function diskTrouble(samples: readonly DiskSample[], sample: DiskSample, isFiring: boolean): string | null {
  const used = 1 - sample.free / Math.max(1, sample.room)
  const { left = 0, isSoon = false } = growthOf(samples, sample) ?? {}
  if (used < (isFiring ? well : full) && !isSoon) return null
  const percent = `${Math.floor(100 * used)} %`
  return isSoon ? `${percent}, ${Math.floor(left / day)} d` : percent
}
