import type { Counts } from '../counts.ts'

/** Names that are watched at the same time: anyone may send them. */
const most = 1000

/**
 * Counts the clients that are refused because they speak MQTT 5. Our own programs offer it, and log in by MQTT 3.1.1 at once; they
 * are no matter. The others need another broker.
 * @param grace ms to come back
 * @param onLeft called once for each refused client that has not come back in time
 */
export function watchNewerClients(counts: Pick<Counts, 'mqtt5'>, grace: number, onLeft: (address: string) => void) {
  const timers = new Map<string, NodeJS.Timeout>()
  return {
    /** @param name its user name, or its client id if it has none */
    refused(name: string, address: string): void {
      counts.mqtt5++
      if (timers.has(name) || timers.size >= most) return
      const timer = setTimeout(() => {
        timers.delete(name)
        onLeft(address)
      }, grace)
      timers.set(name, timer.unref())
    },
    loggedIn(name: string): void {
      if (!timers.has(name)) return
      counts.mqtt5--
      clearTimeout(timers.get(name))
      timers.delete(name)
    },
  }
}
