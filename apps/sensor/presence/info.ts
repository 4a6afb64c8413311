import { type Info, topicOf } from '@hearthwatch/protocol'
import type { SensorConfig } from '../config.ts'
import type { InForce } from '../control/settings.ts'
import manifest from '../package.json' with { type: 'json' }
import type { Channel } from '../probes/probe-set.ts'

/** What the sensor is: where it stands, what it measures, and which settings are in force. */
export function infoOf(config: SensorConfig, epoch: string, channels: readonly Channel[], inForce: InForce): Info {
  const { SENSOR_ID, ROOM: room, STATUS_TOPIC, PROBE, BATCH_SIZE, BATCH_INTERVAL, UI_LANGUAGE } = config
  const { ALERT_BELOW = null, offsets, ...others } = inForce
  const flat = Object.fromEntries(Object.entries(offsets).map(([key, offset]) => [`offset.${key}`, offset]))
  return {
    id: SENSOR_ID,
    room,
    version: manifest.version,
    epoch,
    interval: inForce.READ_INTERVAL,
    status: STATUS_TOPIC,
    readings: channels.map(({ key, unit, probe }) => ({ key, topic: topicOf('reading', { room, quantity: key }), unit, probe })),
    config: { PROBE, ...others, ALERT_BELOW, BATCH_SIZE, BATCH_INTERVAL, UI_LANGUAGE, ...flat },
  }
}
