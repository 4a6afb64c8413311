import { fingerprintOf, type TrustOffer } from '@hearthwatch/protocol'
import { minute } from '@hearthwatch/protocol/durations'
import { clientCertificate, readAuthorities, trustedBy } from '../intake/authorities.ts'
import type { LiveState } from '../live/live-state.ts'
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

/** Offers it to every device once a minute, and to a device with each change of its status or its info. */
export function startTrustOffers({
  liveState,
  devices,
  offer,
}: {
  liveState: Pick<LiveState, 'onEvent'>
  devices: Devices
  offer: (device: string) => void
}): { close(): void } {
  // An info may state that the sensor trusts less, or more, than before.
  const stopListening = liveState.onEvent((event) => {
    if (event.type === 'status' && event.data.device !== null) offer(event.data.device)
  })
  const timer = setInterval(() => {
    for (const { id } of devices.all()) if (id !== null) offer(id)
  }, minute).unref()
  return {
    close() {
      clearInterval(timer)
      stopListening()
    },
  }
}
