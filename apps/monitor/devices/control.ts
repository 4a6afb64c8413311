import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Log } from '@hearthwatch/log'
import type { Link } from '@hearthwatch/mqtt'
import { type Action, type DesiredSettings, topicOf, topics } from '@hearthwatch/protocol'
import type { Store } from '../store/store.ts'

/** A command that could not be sent is sent when there is a connection again, but not after this: it was for then. ms */
const sentWithin = 60_000

export type Control = ReturnType<typeof createControl>

/** What is wanted of the devices: kept first, then said. Whatever dies between, the next connection says it. */
export function createControl({ store, link, now, log }: { store: Store; link: () => Link; now: () => number; log: Log }) {
  const { orders } = store
  const isConnected = () => link().state === 'connected'
  /** Topics that were cleared and have not come back to us as such. */
  const clearing = new Set<string>()

  async function sayWanted(device: string): Promise<void> {
    const wanted = orders.wanted(device)
    if (wanted === null || !isConnected()) return
    const text = JSON.stringify({ id: wanted.id, ...wanted.settings })
    await link().publish(topicOf('config', { id: device }), text, topics.config)
  }

  async function sayCommand(device: string, id: string, action: Action): Promise<void> {
    if (!isConnected()) return
    await link().publish(topicOf('command', { id: device }), JSON.stringify({ id, action }), topics.command)
    store.transaction(() => orders.markSent(device, id, now()))
  }

  /** The next connection tries again. */
  const unsaid = (device: string) => (error: Error) => log.info('could not reach a device', { device, why: error.message })

  return {
    /**
     * @param id its name; one is made where none is given
     * @returns false where this name was used for other settings
     */
    want(device: string, settings: DesiredSettings, id: string = randomUUID()): boolean {
      const before = orders.wanted(device)
      if (before?.id !== id) store.transaction(() => orders.want(device, id, settings, now()))
      else if (!isDeepStrictEqual(before.settings, settings)) return false
      sayWanted(device).catch(unsaid(device))
      return true
    },

    /** @returns its id */
    command(device: string, action: Action): string {
      const id = randomUUID()
      store.transaction(() => orders.addCommand(device, id, action, now()))
      sayCommand(device, id, action).catch(unsaid(device))
      return id
    },

    /** There is a connection (again), to a broker that may have forgotten everything. */
    async connected(): Promise<void> {
      clearing.clear()
      for (const device of orders.wantedDevices()) await sayWanted(device).catch(unsaid(device))
      for (const { device, id, action } of orders.unsent(now() - sentWithin)) await sayCommand(device, id, action).catch(unsaid(device))
    },

    isConnected,

    /** Has the broker forget what it keeps on these topics. @throws NotConnected where it cannot be reached */
    async clear(cleared: readonly string[]): Promise<void> {
      for (const topic of cleared) clearing.add(topic)
      await Promise.all(cleared.map((topic) => link().publish(topic, '', { qos: 1, retain: true })))
    },

    /** Whether this empty message is our own, come back. */
    isOwnClearing: (topic: string, payload: Buffer) => payload.length === 0 && clearing.delete(topic),
  }
}
