import type { Info } from '@hearthwatch/protocol'
import { minute, second } from '@hearthwatch/protocol/durations'

/** s between two batches, unless the info states another interval. */
const usualBatch = 30

/** Time within which a device that is online must have sent a batch, ms. */
export function batchTimeout(info: Info | null): number {
  const interval = Math.max(Number(info?.config?.BATCH_INTERVAL ?? usualBatch), info?.interval ?? 0)
  return 3 * interval * second + minute
}
