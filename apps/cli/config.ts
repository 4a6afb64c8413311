import type { Chosen } from './containers.ts'

/** In a container the settings of `.env` come as the environment; an empty one counts as not set. */
export function readChosen(env: Record<string, string | undefined> = process.env): Chosen {
  return { MQTT_PASSWORD: env.MQTT_PASSWORD || undefined, DASHBOARD_PASSWORD: env.DASHBOARD_PASSWORD || undefined }
}
