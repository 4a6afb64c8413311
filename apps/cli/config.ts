import type { Chosen } from './containers.ts'

/** In a container the settings of `.env` come as the environment; an empty one counts as not set. */
export function readChosen(env: Record<string, string | undefined> = process.env): Chosen {
  const { MQTT_PASSWORD, DASHBOARD_PASSWORD, HTTP_PORT } = env
  return {
    MQTT_PASSWORD: MQTT_PASSWORD || undefined,
    DASHBOARD_PASSWORD: DASHBOARD_PASSWORD || undefined,
    HTTP_PORT: HTTP_PORT || undefined,
  }
}
