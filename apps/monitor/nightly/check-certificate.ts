import { day } from '@hearthwatch/protocol/durations'
import type { HouseTroubles } from '../rules/house-troubles.ts'

/** A renewal was due nine days earlier, so that nobody is told of a certificate that renews itself. ms */
const tellBefore = 21 * day

/**
 * Reports a certificate of the broker that ends soon.
 * @param ends ms since the epoch, as far as known: of the one that the broker has shown, and of the files in this house
 */
export function checkCertificate(ends: readonly (number | null)[], now: number, troubles: HouseTroubles): void {
  const known = ends.filter((end) => end !== null)
  if (known.length === 0) return
  const soonest = Math.min(...known)
  troubles.report('certificate', soonest - now < tellBefore ? new Date(soonest).toISOString().slice(0, 10) : null)
}
