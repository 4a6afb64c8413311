import { settings } from './config.ts'

/** What `--help` prints: the settings with their defaults. */
export function helpOf(): string {
  const lines = Object.entries(settings.properties).map(([name, setting]) => {
    const { description = '', default: preset, enum: choices } = setting as { description?: string; default?: unknown; enum?: unknown[] }
    const notes = [choices?.join(', '), preset === undefined ? undefined : `default: ${preset}`].filter((note) => note !== undefined)
    return `  ${name.padEnd(20)}${description}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`
  })
  return `npm run sensor [-- --help]

One sensor: reads its probes and publishes over MQTT, until SIGTERM or Ctrl-C.
Settings come from the environment, else from the file .env.sensor, else from .env. ROOM is required.

${lines.join('\n')}

A password may also stand in a file: MQTT_PASSWORD_FILE names it.`
}
