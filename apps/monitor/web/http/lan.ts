import { networkInterfaces } from 'node:os'
import { isComposed } from '../../config/config.ts'

/** Settings that decide where the page can be reached. */
export interface ReachSettings {
  HTTP_HOST: string
  HTTP_PORT: number
  PUBLIC_URL?: string | undefined
  DASHBOARD_PASSWORD?: string | undefined
  API_TOKEN?: string | undefined
}

/** True for this machine's own names. `127.example.org` is none: another site's name must not pass for one. */
export const isLoopbackHost = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || host === '::1' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)

/** Interfaces of containers and virtual machines: other machines of the network do not reach them. */
const isVirtual = (name: string) => /^(?:docker|br-|veth|virbr|lxc|podman|cni)/.test(name)

/**
 * Addresses at which other machines can open the page, the likeliest first; none: only this machine can.
 * @param interfaces of this machine; empty where it does not know them
 */
export function networkUrls(settings: ReachSettings, interfaces = isComposed(settings) ? {} : networkInterfaces()): string[] {
  const { HTTP_HOST: host, HTTP_PORT: port, PUBLIC_URL, DASHBOARD_PASSWORD, API_TOKEN } = settings
  const given = PUBLIC_URL !== undefined && !isLoopbackHost(URL.parse(PUBLIC_URL)?.hostname ?? 'localhost') ? [PUBLIC_URL] : []
  // Without a login the page is served on this machine only.
  const isClosed = (DASHBOARD_PASSWORD === undefined && API_TOKEN === undefined) || isLoopbackHost(host) || port === 0
  if (isClosed) return given
  if (host !== '0.0.0.0' && host !== '::') return [...given, `http://${host.includes(':') ? `[${host}]` : host}:${port}`]
  const own = Object.entries(interfaces).flatMap(([name, addresses = []]) =>
    isVirtual(name) ? [] : addresses.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address),
  )
  // An address that the machine gave itself, without a network, comes last.
  const rank = (address: string) => (address.startsWith('169.254.') ? 1 : 0)
  return [...given, ...own.sort((a, b) => rank(a) - rank(b)).map((address) => `http://${address}:${port}`)]
}

/** PUBLIC_URL, or a guess by the address in the network; undefined: links in messages would lead nowhere. */
export const publicUrlOf = (settings: ReachSettings, interfaces?: ReturnType<typeof networkInterfaces>): string | undefined =>
  settings.PUBLIC_URL ?? networkUrls(settings, interfaces)[0]
