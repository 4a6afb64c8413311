import { isDeepStrictEqual } from 'node:util'
import type { JsonFile } from '@hearthwatch/files'
import type { Log } from '@hearthwatch/log'
import { BadOrder, conflictOf, PayloadError, type Response, readWanted, type WantedConfig } from '@hearthwatch/protocol'
import type { SensorConfig } from '../config.ts'

const tunable = ['READ_INTERVAL', 'HEARTBEAT_INTERVAL', 'ALERT_ABOVE', 'ALERT_BELOW', 'MAX_RATE'] as const

/** The settings that can be changed from afar, as they are now. */
export interface InForce extends Pick<SensorConfig, (typeof tunable)[number]> {
  /** By the key of a probe: what is added to its values. */
  offsets: Readonly<Record<string, number>>
}

export interface Wanted {
  readonly inForce: InForce
  /**
   * Takes a payload of `config`: all of it is kept and put in force, or nothing. An empty one takes everything back.
   * @returns what to answer; null where it does not say what it is called
   */
  take(payload: Buffer): Response | null
}

/**
 * The settings in force: those of the sensor's own file, and over them what the monitor wants, which is kept on disk.
 * @param onChange called when they have changed
 */
export function openWanted(own: SensorConfig, file: JsonFile, onChange: (inForce: InForce) => void, log: Log): Wanted {
  let wanted = remembered()
  let inForce = over(own, wanted)

  function remembered(): WantedConfig | null {
    try {
      const kept = file.read() ?? null
      if (kept === null) return null
      const wanted = readWanted(Buffer.from(JSON.stringify(kept)))
      const problem = conflictOf(over(own, wanted))
      if (problem !== null) throw new Error(problem)
      log.info('the wanted settings are in force', { ...wanted })
      return wanted
    } catch (error) {
      log.error('the wanted settings that were kept cannot be used; those of the file are in force', { why: (error as Error).message })
      return null
    }
  }

  function change(next: WantedConfig | null): void {
    wanted = next
    inForce = over(own, next)
    log.info(next === null ? 'back to the settings of the file' : 'settings changed', { ...inForce })
    onChange(inForce)
  }

  function judge(payload: Buffer): Response {
    const next = readWanted(payload)
    if (next.id === wanted?.id) {
      if (isDeepStrictEqual(next, wanted)) return { id: next.id, ok: true }
      throw new BadOrder(next.id, 'id was used for other settings before')
    }
    const problem = conflictOf(over(own, next))
    if (problem !== null) throw new BadOrder(next.id, problem)
    try {
      file.write(next)
    } catch (error) {
      throw new BadOrder(next.id, `cannot be kept: ${(error as Error).message}`)
    }
    change(next)
    return { id: next.id, ok: true }
  }

  function takeBack(): void {
    if (wanted === null) return
    try {
      file.write(null)
    } catch (error) {
      // They would be back after the next start, so they stay until then, too.
      return log.error('the wanted settings cannot be taken back', { why: (error as Error).message })
    }
    change(null)
  }

  return {
    get inForce() {
      return inForce
    },
    take(payload) {
      if (payload.length === 0) {
        takeBack()
        return null
      }
      try {
        return judge(payload)
      } catch (error) {
        if (!(error instanceof PayloadError)) throw error
        log.warn('wanted settings refused', { why: error.message })
        return error instanceof BadOrder ? { id: error.id, ok: false, error: error.message.slice(0, 500) } : null
      }
    },
  }
}

function over(own: SensorConfig, wanted: WantedConfig | null): InForce {
  const { READ_INTERVAL, HEARTBEAT_INTERVAL, ALERT_ABOVE, ALERT_BELOW, MAX_RATE } = own
  const { id: _, ALERT_BELOW: below = ALERT_BELOW, offsets = {}, ...others } = wanted ?? { id: '' }
  return { READ_INTERVAL, HEARTBEAT_INTERVAL, ALERT_ABOVE, MAX_RATE, ...others, ALERT_BELOW: below ?? undefined, offsets }
}
