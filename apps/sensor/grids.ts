import type { SettingsInForce } from './control/desired-settings.ts'
import type { Grid } from './schedule.ts'

/** The points in time of the readings and of the heartbeats. */
export function gridsOf({ READ_INTERVAL, HEARTBEAT_INTERVAL }: SettingsInForce): { reading: Grid; heartbeat: Grid } {
  const interval = Math.round(READ_INTERVAL * 1000)
  const heartbeat = Math.round(HEARTBEAT_INTERVAL * 1000)
  // Measuring the machine may block this process for a moment, so it happens midway between two readings.
  return { reading: { interval }, heartbeat: { interval: heartbeat, offset: Math.floor(Math.min(interval, heartbeat) / 2) } }
}
