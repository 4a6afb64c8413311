import { createHash, createHmac } from 'node:crypto'

/** A public key of a server, as known_hosts has it. */
export interface HostKey {
  type: string
  key: Buffer
  isRevoked: boolean
}

/** The fingerprint that `ssh-keygen -l` prints. */
export const fingerprintOf = (key: Buffer): string => `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

/** The type of a key in the form of the SSH protocol: its first field. */
export const typeOf = (key: Buffer): string => key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1')

/** The keys that a known_hosts file has for a server. Lines with certificate authorities are skipped. */
export function keysFor(text: string, host: string, port: number): HostKey[] {
  const name = port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`
  return text.split(/\r?\n/).flatMap((line): HostKey[] => {
    const fields = line.trim().split(/\s+/)
    const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined
    const [hosts = '', type = '', key = ''] = fields
    if (line.startsWith('#') || key === '' || marker === '@cert-authority' || !isNamed(hosts, name)) return []
    return [{ type, key: Buffer.from(key, 'base64'), isRevoked: marker === '@revoked' }]
  })
}

function isNamed(hosts: string, name: string): boolean {
  const [, salt, hash] = /^\|1\|([^|]+)\|([^|]+)$/.exec(hosts) ?? []
  if (salt !== undefined) return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash
  const patterns = hosts.toLowerCase().split(',')
  const fits = (pattern: string) =>
    new RegExp(
      `^${pattern
        .replace(/[^\w*?-]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
    ).test(name)
  return patterns.some(fits) && !patterns.some((pattern) => pattern.startsWith('!') && fits(pattern.slice(1)))
}
