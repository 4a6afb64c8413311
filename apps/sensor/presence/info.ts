import { type Info, topicOf } from '@hearthwatch/protocol'
import type { SensorConfig } from '../config.ts'
import type { SettingsInForce } from '../control/desired-settings.ts'
import manifest from '../package.json' with { type: 'json' }
import { placeOfKey } from '../probes/place.ts'
import type { Channel } from '../probes/probe-set.ts'

/** The parts of the info that change while the sensor runs. Each changes its identity with its content. */
export interface Changeable {
  epoch: string
  channels: readonly Channel[]
  inForce: SettingsInForce
  /** Fingerprints of the authorities that it trusts. */
  trust: { authorities: string; certificate?: string }
}

/** The sensor's info: its room, its probes and the settings in force. */
export function infoOf(config: SensorConfig, { epoch, channels, inForce, trust }: Changeable): Info {
  const { SENSOR_ID, ROOM: room, STATUS_TOPIC, PROBE, PROBES, BATCH_SIZE, BATCH_INTERVAL, UI_LANGUAGE } = config
  const { ALERT_BELOW = null, offsets, ...others } = inForce
  const flat = Object.fromEntries(Object.entries(offsets).map(([key, offset]) => [`offset.${key}`, offset]))
  return {
    id: SENSOR_ID,
    room,
    version: manifest.version,
    epoch,
    interval: inForce.READ_INTERVAL,
    status: STATUS_TOPIC,
    readings: channels.map(({ key, unit, probe }) => ({ key, topic: topicOf('reading', placeOfKey(key, room)), unit, probe })),
    config: { PROBE, ...(PROBES && { PROBES }), ...others, ALERT_BELOW, BATCH_SIZE, BATCH_INTERVAL, UI_LANGUAGE, ...trust, ...flat },
  }
}
