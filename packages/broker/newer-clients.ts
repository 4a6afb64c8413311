/** Names that are watched at the same time: anyone may send them. */
const most = 1000

/**
 * Clients that were refused because they speak MQTT 5. Our own programs offer it, and log in by MQTT 3.1.1 at once; they are no
 * matter. The others need another broker.
 * @param grace ms to come back
 * @param onLeft called for each refused client that has not come back in time
 */
export function watchNewerClients(grace: number, onLeft: (address: string) => void) {
  const timers = new Map<string, NodeJS.Timeout>()
  return {
    /** @param name its user name, or its client id if it has none */
    refused(name: string, address: string): void {
      const before = timers.get(name)
      if (before === undefined && timers.size >= most) return
      // A client that is refused again has not come back.
      if (before !== undefined) onLeft(address)
      clearTimeout(before)
      const timer = setTimeout(() => {
        timers.delete(name)
        onLeft(address)
      }, grace)
      timers.set(name, timer.unref())
    },
    loggedIn(name: string): void {
      clearTimeout(timers.get(name))
      timers.delete(name)
    },
  }
}
