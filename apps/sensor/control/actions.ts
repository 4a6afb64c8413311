import type { Log } from '@hearthwatch/log'
import type { SensorConfig } from '../config.ts'
import type { Live } from '../live/live.ts'
import type { Reading } from '../probes/probe.ts'
import type { CommandsOptions } from './commands.ts'
import type { Lamp } from './lamp.ts'

/** The actions of the commands `identify` and `measure`. @param read reads all probes */
export function createActions(
  { SENSOR_ID: id, ROOM: room }: Pick<SensorConfig, 'SENSOR_ID' | 'ROOM'>,
  lamp: Pick<Lamp, 'blink'>,
  read: () => Promise<Reading[]>,
  live: Pick<Live, 'publish'>,
  log: Log,
) {
  return {
    async identify() {
      const isBlinking = lamp.blink()
      log.warn('HERE I AM', { id, room, lamp: isBlinking ? 'blinks' : 'none that may be used' })
      return isBlinking ? { ok: true } : { ok: true, error: 'no LED that the sensor may use: only its log has a line' }
    },
    /** Publishes a live reading only: the outbox stores the readings of the grid. */
    async measure() {
      const readings = await read()
      if (readings.length === 0) return { ok: false, error: 'no probe gave a value' }
      live.publish(readings)
      return { ok: true }
    },
  } satisfies CommandsOptions['execute']
}
