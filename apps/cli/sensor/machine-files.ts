import type { SensorAccount } from './result.ts'

/** The texts of a sensor's files by name: its settings first. */
export function filesOf({ env, ca, certificate, key }: SensorAccount): Record<string, string> {
  const texts = { '.env.sensor': env, 'ca.crt': ca, 'client.crt': certificate, 'client.key': key }
  return Object.fromEntries(Object.entries(texts).filter((entry): entry is [string, string] => entry[1] !== null))
}
