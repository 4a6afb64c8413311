import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from './config/config.ts'
import { versions } from './store/file/schema.ts'

/** The fields of the first line of the log: it must be enough to know which program ran with which files. */
export function startFields(config: Config): Record<string, unknown> {
  const { DATABASE_FILE, MQTT_URL, BROKER_HOST, BROKER_PORT, HTTP_HOST, HTTP_PORT, channels, brokerFiles } = config
  const size = statSync(DATABASE_FILE, { throwIfNoEntry: false })?.size
  return {
    ...{ commit: commitOf(join(import.meta.dirname, '..', '..')) ?? 'unknown', node: process.versions.node },
    ...{ db: DATABASE_FILE, schema: versions.length, size: size === undefined ? 'new' : `${Math.round(size / 1e6)} MB` },
    broker: MQTT_URL === undefined ? `own ${BROKER_HOST}:${BROKER_PORT} ${brokerFiles}` : new URL(MQTT_URL).host,
    page: `${HTTP_HOST}:${HTTP_PORT}`,
    channels: channels.map(({ name }) => name).join(',') || 'none in the settings',
  }
}

/** The commit of a clone, or the one that was put into an image; null: unknown. */
export function commitOf(folder: string, env = process.env): string | null {
  if (env.HEARTHWATCH_COMMIT) return env.HEARTHWATCH_COMMIT.slice(0, 7)
  try {
    const head = readFileSync(join(folder, '.git', 'HEAD'), 'utf8').trim()
    const name = /^ref: (.*)$/.exec(head)?.[1]
    if (name === undefined) return head.slice(0, 7)
    const file = join(folder, '.git', name)
    if (existsSync(file)) return readFileSync(file, 'utf8').slice(0, 7)
    const packed = readFileSync(join(folder, '.git', 'packed-refs'), 'utf8').split('\n')
    return packed.find((line) => line.endsWith(` ${name}`))?.slice(0, 7) ?? null
  } catch {
    return null
  }
}
