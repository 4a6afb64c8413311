import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Log } from '@hearthwatch/log'
import type { Link } from '@hearthwatch/mqtt'
import { type Action, type DesiredSettings, topicOf, topics } from '@hearthwatch/protocol'
import { minute } from '@hearthwatch/protocol/durations'
import type { Store } from '../store/store.ts'

/** A command that could not be published is published on the next connection, but not after this time. */
const commandLifetime = minute

export type Control = ReturnType<typeof createControl>

/** Desired settings and commands of the devices: stored first, then published. The next connection publishes what is left. */
export function createControl({ store, link, now, log }: { store: Store; link: () => Link; now: () => number; log: Log }) {
  const { control } = store
  /** The id as the device itself spells it: that is what it subscribes to. */
  const ownSpelling = (device: string) => store.devices.get(device)?.info?.id ?? device
  const isConnected = () => link().state === 'connected'
  /** Cleared topics whose empty message has not come back yet. */
  const clearing = new Set<string>()

  async function publishDesired(device: string): Promise<void> {
    const wanted = control.desired(device)
    if (wanted === null || !isConnected()) return
    const text = JSON.stringify({ id: wanted.id, ...wanted.settings })
    await link().publish(topicOf('config', { id: ownSpelling(device) }), text, topics.config)
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
      for (const device of control.desiredDevices()) await publishDesired(device).catch(onUnreachable(device))
      for (const { device, id, action } of control.unsent(now() - commandLifetime))
        await publishCommand(device, id, action).catch(onUnreachable(device))
    },

    isConnected,

    /** Clears the retained messages of these topics. @throws NotConnected if the broker cannot be reached */
    async clear(cleared: readonly string[]): Promise<void> {
      for (const topic of cleared) clearing.add(topic)
      await Promise.all(cleared.map((topic) => link().publish(topic, '', { qos: 1, retain: true })))
    },

    /** True if this empty message is our own, back from the broker. */
    isOwnClearing: (topic: string, payload: Buffer) => payload.length === 0 && clearing.delete(topic),
  }
}
