import { arch, release } from 'node:os'
import type { Finding } from '@hearthwatch/doctor'
import { settings } from '../config/settings.ts'

/** Settings whose value names no person, no place and no secret. */
const harmless = new Set([
  ...['LOG_LEVEL', 'UI_LANGUAGE', 'TZ', 'HTTP_PORT', 'GROUP_WAIT', 'GROUP_INTERVAL', 'SUMMARY_CRON', 'RETENTION_DAYS', 'BACKUP_KEEP'],
  ...['ALERT_ABOVE', 'OFFLINE_AFTER', 'COMMIT_INTERVAL', 'BROKER_PORT', 'BROKER_TLS_PORT', 'BROKER_CLIENT_CERTIFICATES', 'SUPERVISED'],
])

/**
 * The text of a file to ask others with: findings, versions, and which settings are set. Only harmless values of settings are
 * shown. In the findings all others are replaced by the name of their setting.
 */
export function describeBundle(findings: readonly Finding[], config: Readonly<Record<string, unknown>>, version: string): string {
  const hide = hider(config)
  const lines = Object.keys(settings.properties).map((name) => {
    const value = config[name]
    if (value === undefined) return `${name}: not set`
    return harmless.has(name) ? `${name}: ${JSON.stringify(value)}` : `${name}: set`
  })
  return `${JSON.stringify(
    {
      hearthwatch: version,
      node: process.versions.node,
      system: `${process.platform} ${arch()} ${release()}`,
      settings: lines,
      findings: findings.map(({ id, level, what, why, do: remedy }) => ({ id, level, what: hide(what), why: hide(why), do: hide(remedy) })),
    },
    null,
    2,
  )}\n`
}

/** Replaces the values of the settings, mail addresses and addresses of the network. */
function hider(config: Readonly<Record<string, unknown>>): (text: string) => string {
  const values = Object.entries(config)
    .filter(([name, value]) => !harmless.has(name) && typeof value === 'string' && value.length > 3)
    .flatMap(([name, value]) => [value as string, ...partsOf(value as string)].map((part) => [part, name] as const))
    .sort(([a], [b]) => b.length - a.length)
  return (text) => {
    let hidden = text
    for (const [value, name] of values) hidden = hidden.replaceAll(value, `<${name}>`)
    return hidden
      .replaceAll(/[\w.+-]+@[\w-]+(\.[\w-]+)+/g, '<mail>')
      .replaceAll(/\b\d{1,3}(\.\d{1,3}){3}\b/g, (address) => (address.startsWith('127.') ? address : '<address>'))
  }
}

/** Host and credentials of an address. */
function partsOf(value: string): string[] {
  if (!URL.canParse(value)) return []
  const { hostname, username, password } = new URL(value)
  return [hostname, decodeURIComponent(username), decodeURIComponent(password)].filter(
    (part) => part.length > 3 && part !== 'localhost' && part !== '127.0.0.1',
  )
}
