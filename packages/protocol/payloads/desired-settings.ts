import Type, { type Static } from 'typebox'
import { BadControlMessage, controlMessageId, controlMessageReader } from './control-message.ts'

/** Ranges of the settings that the monitor can change. A sensor's own settings have the same ranges. */
export const bounds = {
  READ_INTERVAL: { minimum: 0.05, maximum: 86_400 },
  HEARTBEAT_INTERVAL: { minimum: 1, maximum: 86_400 },
  ALERT_ABOVE: { minimum: -100, maximum: 250 },
  ALERT_BELOW: { minimum: -100, maximum: 250 },
  MAX_RATE: { minimum: 0.001, maximum: 1000 },
} as const

/** A key of the record: `temperature`, or `fridge/temperature` in another room than the device's own. */
export const readingKey = '([^/+#$][^/+#]{0,127}/)?[a-z][a-z0-9_]{0,31}'

const settings = {
  READ_INTERVAL: Type.Optional(Type.Number({ ...bounds.READ_INTERVAL, description: 's between two readings' })),
  HEARTBEAT_INTERVAL: Type.Optional(Type.Number({ ...bounds.HEARTBEAT_INTERVAL, description: 's between two heartbeats' })),
  ALERT_ABOVE: Type.Optional(Type.Number({ ...bounds.ALERT_ABOVE, description: '°C; a warmer value raises an alert' })),
  ALERT_BELOW: Type.Optional(
    Type.Union([Type.Number(bounds.ALERT_BELOW), Type.Null()], { description: '°C; a colder value raises an alert; null: none does' }),
  ),
  MAX_RATE: Type.Optional(Type.Number({ ...bounds.MAX_RATE, description: 'live messages a second at most' })),
  offsets: Type.Optional(
    Type.Record(Type.String({ pattern: `^${readingKey}$` }), Type.Number({ minimum: -1000, maximum: 1000 }), {
      additionalProperties: false,
      maxProperties: 64,
      description: 'calibration: added to each value, by the key of the probe',
    }),
  ),
}

/** The settings that the monitor sends to a device. A setting that is left out has the value of the device's own file. */
export const DesiredSettings = Type.Object(settings, { additionalProperties: false })
export type DesiredSettings = Static<typeof DesiredSettings>

/** The payload of `config`: all desired settings at once, with an id that the response repeats. */
export const DesiredConfig = Type.Object(
  { id: controlMessageId('its name, a new one for other settings'), ...settings },
  { additionalProperties: false },
)
export type DesiredConfig = Static<typeof DesiredConfig>

const read = controlMessageReader(DesiredConfig)

/** @throws BadControlMessage if it is invalid but has an id, otherwise PayloadError */
export function readDesiredConfig(payload: Buffer): DesiredConfig {
  const config = read(payload)
  const conflict = limitConflictOf(config)
  if (conflict !== null) throw new BadControlMessage(config.id, conflict)
  return config
}

/** The conflict between the two limits, as a sentence; null: none. */
export function limitConflictOf({
  ALERT_ABOVE,
  ALERT_BELOW,
}: {
  ALERT_ABOVE?: number
  ALERT_BELOW?: number | null | undefined
}): string | null {
  if (ALERT_ABOVE === undefined || ALERT_BELOW === undefined || ALERT_BELOW === null || ALERT_BELOW < ALERT_ABOVE) return null
  return `ALERT_BELOW must be less than ALERT_ABOVE (they are ${ALERT_BELOW} and ${ALERT_ABOVE})`
}
