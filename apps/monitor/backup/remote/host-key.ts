import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fingerprintOf, keysFor, typeOf } from './known-hosts.ts'

/** Decides whether a server is the one that it should be. It never learns a key by itself. */
export interface HostCheck {
  /** Kinds of keys to ask the server for; undefined: any. */
  types: string[] | undefined
  isKnown(key: Buffer): boolean
  /** Why the last key was refused, with what to do; null: none was. */
  refusal(): string | null
}

const rsa = ['rsa-sha2-512', 'rsa-sha2-256']

/** @param fingerprint of BACKUP_HOST_KEY; undefined: the known_hosts files of this user and machine decide */
export function checkHost(host: string, port: number, fingerprint: string | undefined): HostCheck {
  const known = fingerprint === undefined ? knownHosts().flatMap((text) => keysFor(text, host, port)) : []
  const trusted = known.filter(({ isRevoked }) => !isRevoked)
  let refusal: string | null = null
  return {
    types: trusted.length === 0 ? undefined : [...new Set(trusted.flatMap(({ type }) => (type === 'ssh-rsa' ? rsa : [type])))],
    isKnown(key) {
      const own = fingerprintOf(key)
      const shown = `${typeOf(key)} ${own}`
      const isRevoked = known.some((one) => one.isRevoked && one.key.equals(key))
      if (!isRevoked && (fingerprint === undefined ? trusted.some((one) => one.key.equals(key)) : own === fingerprint)) return true
      if (fingerprint === undefined && known.length === 0)
        refusal = `the key of ${host} is not known: ${shown}. If ssh-keygen -lf prints the same on that machine, set BACKUP_HOST_KEY=${own}`
      else
        refusal = `the key of ${host} is not the known one: it shows ${shown}. Another machine may be in its place, or it was set up again; then correct ${fingerprint === undefined ? 'known_hosts' : 'BACKUP_HOST_KEY'}`
      return false
    },
    refusal: () => refusal,
  }
}

function knownHosts(): string[] {
  return [join(homedir(), '.ssh', 'known_hosts'), '/etc/ssh/ssh_known_hosts'].flatMap((file) => {
    try {
      return [readFileSync(file, 'utf8')]
    } catch {
      // This user has none.
      return []
    }
  })
}
