import type { InForce } from './control/settings.ts'
import type { Grid } from './schedule.ts'

/** When to read, and when to say how the machine is. */
export function gridsOf({ READ_INTERVAL, HEARTBEAT_INTERVAL }: InForce): { reading: Grid; heartbeat: Grid } {
  const interval = Math.round(READ_INTERVAL * 1000)
  const beat = Math.round(HEARTBEAT_INTERVAL * 1000)
  // Some of what the machine is asked holds up this process for a moment: rather midway between two ticks.
  return { reading: { interval }, heartbeat: { interval: beat, offset: Math.floor(Math.min(interval, beat) / 2) } }
}
