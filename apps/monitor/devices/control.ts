import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Log } from '@hearthwatch/log'
import type { Link } from '@hearthwatch/mqtt'
import { type Action, type DesiredSettings, type TrustOffer, topicOf, topics, trustId } from '@hearthwatch/protocol'
import { minute } from '@hearthwatch/protocol/durations'
import type { Store } from '../store/store.ts'

/** A command that could not be published is published on the next connection, but not after this time. */
const commandLifetime = minute

export type Control = ReturnType<typeof createControl>

export interface ControlOptions {
  store: Store
  link: () => Link
  /** The authorities that a device does not trust yet; null: none. */
  offerFor(device: string): TrustOffer | null
  now: () => number
  log: Log
}

/** Desired settings and commands of the devices: stored first, then published. The next connection publishes what is left. */
export function createControl({ store, link, offerFor, now, log }: ControlOptions) {
  const { control } = store
  /** The id as the device itself spells it: that is what it subscribes to. */
  const ownSpelling = (device: string) => store.devices.get(device)?.info?.id ?? device
  const isConnected = () => link().state === 'connected'
  /** Cleared topics whose empty message has not come back yet. */
  const clearing = new Set<string>()

  /** The offers that the broker retains, by device. */
  const offered = new Map<string, string>()

  async function publishDesired(device: string): Promise<void> {
    const wanted = control.desired(device)
    const trust = offerFor(device)
    const isEmpty = wanted === null && trust === null
    if ((isEmpty && !offered.has(device)) || !isConnected()) return
    const text = isEmpty ? '' : JSON.stringify({ id: wanted?.id ?? trustId, ...wanted?.settings, ...(trust && { trust }) })
    // Before the broker has it, so that it is sent once. The next connection offers everything again.
    if (trust === null) offered.delete(device)
    else offered.set(device, JSON.stringify(trust))
    await link().publish(topicOf('config', { id: ownSpelling(device) }), text, topics.config)
  }

  /** Offers what a device does not trust yet, or takes the offer back when it has it. */
  function offer(device: string): void {
    const trust = offerFor(device)
    if ((trust === null ? undefined : JSON.stringify(trust)) !== offered.get(device)) publishDesired(device).catch(onUnreachable(device))
  }

  async function publishCommand(device: string, id: string, action: Action): Promise<void> {
    if (!isConnected()) return
    await link().publish(topicOf('command', { id: ownSpelling(device) }), JSON.stringify({ id, action }), topics.command)
    store.transaction(() => control.markSent(device, id, now()))
  }

  /** The next connection publishes again. */
  const onUnreachable = (device: string) => (error: Error) => log.info('could not reach a device', { device, why: error.message })

  return {
    /**
     * Sets and publishes the desired settings of a device.
     * @param id of this change; made here if not given
     * @returns false if the id was used for other settings
     */
    setDesired(device: string, settings: DesiredSettings, id: string = randomUUID()): boolean {
      const before = control.desired(device)
      if (before?.id !== id) store.transaction(() => control.setDesired(device, id, settings, now()))
      else if (!isDeepStrictEqual(before.settings, settings)) return false
      publishDesired(device).catch(onUnreachable(device))
      return true
    },

    /** Publishes a command. @returns its id */
    command(device: string, action: Action): string {
      const id = randomUUID()
      store.transaction(() => control.addCommand(device, id, action, now()))
      publishCommand(device, id, action).catch(onUnreachable(device))
      return id
    },

    /** Publishes everything again after a (re)connection: the broker may have lost its retained messages. */
    async connected(): Promise<void> {
      clearing.clear()
      offered.clear()
      const offers = [...store.devices.all()].flatMap(({ id }) => (id !== null && offerFor(id) !== null ? [id] : []))
      for (const device of new Set([...control.desiredDevices(), ...offers])) await publishDesired(device).catch(onUnreachable(device))
      for (const { device, id, action } of control.unsent(now() - commandLifetime))
        await publishCommand(device, id, action).catch(onUnreachable(device))
    },

    /** Publishes the desired settings of a device that has just introduced itself: a broker of several nodes may not have them. */
    introduced(device: string): void {
      publishDesired(device).catch(onUnreachable(device))
    },

    isConnected,

    offer,

    /** Clears the retained messages of these topics. @throws NotConnected if the broker cannot be reached */
    async clear(cleared: readonly string[]): Promise<void> {
      for (const topic of cleared) clearing.add(topic)
      await Promise.all(cleared.map((topic) => link().publish(topic, '', { qos: 1, retain: true })))
    },

    /** True if this empty message is our own, back from the broker. */
    isOwnClearing: (topic: string, payload: Buffer) => payload.length === 0 && clearing.delete(topic),
  }
}
