import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { openJsonFile } from '@hearthwatch/files'
import type { Log } from '@hearthwatch/log'
import {
  BadControlMessage,
  type DesiredConfig,
  limitConflictOf,
  PayloadError,
  type Response,
  readDesiredConfig,
} from '@hearthwatch/protocol'
import type { SensorConfig } from '../config.ts'

const tunable = ['READ_INTERVAL', 'HEARTBEAT_INTERVAL', 'ALERT_ABOVE', 'ALERT_BELOW', 'MAX_RATE'] as const

/** The settings that the monitor may change, with their current values. */
export interface SettingsInForce extends Pick<SensorConfig, (typeof tunable)[number]> {
  /** Added to the values of each probe, by its key. */
  offsets: Readonly<Record<string, number>>
}

export type DesiredSettingsStore = ReturnType<typeof openDesiredSettings>

/**
 * The settings in force: the sensor's own, overridden by the monitor's desired settings, which are stored on disk.
 * @param own the sensor's own settings
 */
export function openDesiredSettings(own: SensorConfig, log: Log) {
  const file = openJsonFile(join(own.OUTBOX_DIR, `${own.SENSOR_ID}.wanted.json`))
  let desired = readStored()
  let inForce = override(own, desired)

  function readStored(): DesiredConfig | null {
    try {
      const stored = file.read() ?? null
      if (stored === null) return null
      const config = readDesiredConfig(Buffer.from(JSON.stringify(stored)))
      const conflict = limitConflictOf(override(own, config))
      if (conflict !== null) throw new Error(conflict)
      log.info('stored desired settings applied', { ...config })
      return config
    } catch (error) {
      log.error("stored desired settings cannot be used; using the sensor's own settings", { why: (error as Error).message })
      return null
    }
  }

  function change(next: DesiredConfig | null): void {
    desired = next
    inForce = override(own, next)
    log.info(next === null ? "desired settings removed; using the sensor's own settings" : 'settings changed', { ...inForce })
  }

  function applyConfig(payload: Buffer): Response {
    const next = readDesiredConfig(payload)
    if (next.id === desired?.id) {
      if (isDeepStrictEqual(next, desired)) return { id: next.id, ok: true }
      throw new BadControlMessage(next.id, 'id was used for other settings before')
    }
    const conflict = limitConflictOf(override(own, next))
    if (conflict !== null) throw new BadControlMessage(next.id, conflict)
    try {
      file.write(next)
    } catch (error) {
      throw new BadControlMessage(next.id, `cannot be stored: ${(error as Error).message}`)
    }
    change(next)
    return { id: next.id, ok: true }
  }

  function remove(): void {
    if (desired === null) return
    try {
      file.write(null)
    } catch (error) {
      // The file would bring them back at the next start, so they stay in force until it can be written.
      return log.error('desired settings cannot be removed', { why: (error as Error).message })
    }
    change(null)
  }

  return {
    /** A new object after each change. */
    get inForce(): SettingsInForce {
      return inForce
    },
    /**
     * Applies a payload of `config`: all of its settings or none. An empty payload restores the sensor's own settings.
     * @returns the response; null if the payload has no id
     */
    apply(payload: Buffer): Response | null {
      if (payload.length === 0) {
        remove()
        return null
      }
      try {
        return applyConfig(payload)
      } catch (error) {
        if (!(error instanceof PayloadError)) throw error
        log.warn('desired settings refused', { why: error.message })
        return error instanceof BadControlMessage ? { id: error.id, ok: false, error: error.message.slice(0, 500) } : null
      }
    },
  }
}

function override(own: SensorConfig, desired: DesiredConfig | null): SettingsInForce {
  const { READ_INTERVAL, HEARTBEAT_INTERVAL, ALERT_ABOVE, ALERT_BELOW, MAX_RATE } = own
  const { id: _, ALERT_BELOW: below = ALERT_BELOW, offsets = {}, ...others } = desired ?? { id: '' }
  return { READ_INTERVAL, HEARTBEAT_INTERVAL, ALERT_ABOVE, MAX_RATE, ...others, ALERT_BELOW: below ?? undefined, offsets }
}
