import { isIP } from 'node:net'
import type { networkInterfaces } from 'node:os'

/** Networks between containers and virtual machines: no sensor comes from there. */
const virtual = /^(docker|br-|veth|virbr|vmnet|vboxnet|podman|cni)/

/**
 * Under which names and addresses others may find this machine: `localhost`, its own name, the one that mDNS makes
 * of it, and its IPv4 addresses on the local networks. IPv6 addresses but `::1` are left out: most of them change
 * every day. `extra` names come last.
 */
export function namesOf(hostname: string, interfaces: ReturnType<typeof networkInterfaces>, extra: readonly string[] = []): string[] {
  const full = hostname.toLowerCase()
  const short = full.split('.')[0] ?? full
  const own = [full, short, `${short}.local`].filter(isHostName)
  const addresses = Object.entries(interfaces).flatMap(([name, list = []]) =>
    virtual.test(name) ? [] : list.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address),
  )
  return [...new Set(['localhost', '127.0.0.1', '::1', ...own, ...addresses, ...extra])]
}

/**
 * A host name or an address in the one way in which a certificate has it: lower case, IPv6 in its short form.
 * Undefined for what is neither.
 */
export function toHost(text: string): string | undefined {
  const host = text.toLowerCase()
  if (isIP(host) === 6) return URL.canParse(`http://[${host}]`) ? new URL(`http://[${host}]`).hostname.slice(1, -1) : undefined
  return isIP(host) === 4 || isHostName(host) ? host : undefined
}

/** A host name by RFC 1123 in lower case; something like `1.2.3` is more likely an address with a part missing. */
function isHostName(text: string): boolean {
  return text.length <= 253 && /^(?!(.*\.)?\d+$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(text)
}
