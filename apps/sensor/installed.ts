import { join } from 'node:path'

/** This sensor's place: in the repository, or installed as a package, where systemd hands over the settings as a credential. */
export interface Place {
  /** The files of the settings; the first one that exists counts. */
  settingsFiles: string[]
  /** The command that a person types, before its options. */
  command: string
}

export function placeOf({ CREDENTIALS_DIRECTORY: credentials }: Record<string, string | undefined>): Place {
  const files = ['.env.sensor', '.env']
  // Without root, the file is readable as a credential alone.
  if (credentials) return { settingsFiles: [join(credentials, 'sensor.env'), ...files], command: 'hearthwatch-sensor' }
  return { settingsFiles: files, command: 'npm run sensor --' }
}
