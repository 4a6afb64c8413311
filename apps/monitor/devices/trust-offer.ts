import { fingerprintOf, type TrustOffer } from '@hearthwatch/protocol'
import { clientCertificate, readAuthorities, trustedBy } from '../intake/authorities.ts'
import type { Devices } from '../store/devices.ts'

/**
 * The authorities of this house that a sensor does not trust yet, and its own renewed certificate. They are offered only to a sensor
 * whose info states what it trusts.
 * @returns null: nothing
 */
export function trustOfferFor(
  device: string,
  { config, devices, now }: { config: Parameters<typeof readAuthorities>[0]; devices: Devices; now: number },
): TrustOffer | null {
  const info = devices.get(device)?.info ?? null
  const trusted = trustedBy(info)
  if (info === null || trusted === undefined || trusted.length === 0) return null
  const authorities = readAuthorities(config, now).flatMap(({ pem, fingerprint }) => (trusted.includes(fingerprint) ? [] : [pem]))
  const present = info.config?.certificate
  const renewed = present === undefined ? undefined : clientCertificate(config, info.id)
  const certificate = renewed !== undefined && fingerprintOf(renewed) !== present ? renewed : undefined
  if (authorities.length === 0 && certificate === undefined) return null
  return { authorities, ...(certificate !== undefined && { certificate }) }
}
