import { kinds } from './adapters/registry.ts'
import type { AdapterKind } from './message.ts'

export interface Followed {
  kind: AdapterKind
  prefix: string
}

/** The setting FOLLOW without an entry of its own. */
export const defaultFollow = kinds
  .filter(({ isDefault }) => isDefault)
  .map(({ name }) => name)
  .join(',')

/**
 * Reads the setting FOLLOW: names of adapters, such as `homeassistant,zigbee2mqtt=z2m`. A prefix is given where the topics
 * do not have the usual one. `none` follows nothing.
 * @returns a text that says what is wrong
 */
export function parseFollow(setting: string): Followed[] | string {
  const parts = setting.split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()]))
  if (parts.length === 1 && parts[0] === 'none') return []
  const followed: Followed[] = []
  for (const part of parts) {
    const [name = '', ...more] = part.split('=')
    const prefix = more.join('=').replace(/\/+$/, '')
    const kind = kinds.find((one) => one.name === name)
    if (kind === undefined) return `has no adapter ${JSON.stringify(name)}; there are ${kinds.map((one) => one.name).join(', ')} and none`
    if (more.length > 0 && (prefix === '' || /[#+$]|^(?:device|monitor)(?:\/|$)/.test(prefix)))
      return `has a prefix of ${name} that cannot be followed: ${JSON.stringify(prefix)}`
    followed.push({ kind, prefix: more.length > 0 ? prefix : kind.prefix })
  }
  return followed
}
