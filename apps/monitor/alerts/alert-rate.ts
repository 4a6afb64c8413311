import { hour } from '@hearthwatch/protocol/durations'
import type { Alert } from '../rules/alert.ts'

/** Most alerts that one device, or one room without a device, may begin within an hour. */
export const mostPerHour = 200
/** The same for all rooms and devices together that anyone can make up. */
export const mostOfUnproven = 200

/** Sources are remembered up to this number. */
const mostSources = 10_000

type About = Pick<Alert, 'room' | 'device'>
export type AlertRate = ReturnType<typeof limitAlertRate>

/**
 * Bounds the alerts that one sender begins, so that a stolen sensor cannot fill the database and the mailbox. In memory only.
 * @param isUnproven true for a new room or device that anyone can make up
 * @param onFlood called when an alert is refused; `device`: its sender, null if unknown
 */
export function limitAlertRate(isUnproven: (about: About) => boolean, onFlood: (device: string | null, at: number) => void) {
  const hours = new Map<string, { since: number; count: number }>()

  function sourceOf({ room, device }: About): { source: string; most: number } {
    return isUnproven({ room, device }) ? { source: '', most: mostOfUnproven } : { source: device ?? `/${room}`, most: mostPerHour }
  }

  /** The count of the present hour; undefined: none yet. */
  function countOf(source: string, at: number) {
    const found = hours.get(source)
    return found && at - found.since < hour && at >= found.since ? found : undefined
  }

  /** True if this sender may begin no alert now. */
  function isFull(about: About, at: number): boolean {
    const { source, most } = sourceOf(about)
    return (countOf(source, at)?.count ?? 0) >= most
  }

  return {
    isFull,

    /** Counts an alert that is about to begin. @returns false if it may not */
    begin(about: About, at: number): boolean {
      if (isFull(about, at)) {
        onFlood(isUnproven(about) ? null : about.device, at)
        return false
      }
      const { source } = sourceOf(about)
      const found = countOf(source, at)
      if (found) found.count += 1
      else {
        if (hours.size >= mostSources) hours.clear()
        hours.set(source, { since: at, count: 1 })
      }
      return true
    },
  }
}
