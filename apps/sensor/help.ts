import { describeSettings } from '@hearthwatch/settings'
import { settings } from './config.ts'
import type { Place } from './installed.ts'

/** The text of `--help`. */
export const helpFor = ({ command, settingsFiles }: Place) => `${command} [probes | doctor | --help]

Starts one sensor, which reads its probes and publishes over MQTT until SIGTERM or Ctrl-C.
With probes it lists what is plugged in, and with doctor it checks all that a sensor needs; both take --json.
Settings come from the environment, else from the first of these files that exists: ${settingsFiles.join(', ')}.

${describeSettings(settings)}

MQTT_PASSWORD_FILE names a file that contains the password.`
