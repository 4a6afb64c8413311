import { isIP } from 'node:net'
import type { networkInterfaces } from 'node:os'

/** Networks of containers and virtual machines, through which no sensor connects. */
const virtual = /^(docker|br-|veth|virbr|vmnet|vboxnet|podman|cni)/

/**
 * Names and addresses of this machine: `localhost`, its host name, its mDNS name and its local IPv4 addresses. IPv6
 * addresses except `::1` are left out, because most of them change every day. The `extra` names come last.
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
 * A host name or an address in the form of a certificate: lower case, IPv6 in its short form.
 * Undefined for other texts.
 */
export function toHost(text: string): string | undefined {
  const host = text.toLowerCase()
  if (isIP(host) === 6) return URL.canParse(`http://[${host}]`) ? new URL(`http://[${host}]`).hostname.slice(1, -1) : undefined
  return isIP(host) === 4 || isHostName(host) ? host : undefined
}

/** True for a host name by RFC 1123 in lower case. A text like `1.2.3` is refused as an incomplete address. */
function isHostName(text: string): boolean {
  return text.length <= 253 && /^(?!(.*\.)?\d+$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(text)
}
