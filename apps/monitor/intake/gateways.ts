import { isWordOfOthers } from '@hearthwatch/protocol'

const mostGateways = 1000

/** Gateways of others that publish below `home/`, such as OpenMQTTGateway and Theengs. */
export function createGateways() {
  /** Their levels in topics. */
  const levels = new Set<string>()
  return {
    /** True if this level is that of a gateway. */
    has: (level: string): boolean => levels.has(level),

    /** True for a topic of a program of others: a word of a gateway, or anything below `sensor` that no info names. */
    isOfOthers(topic: string): boolean {
      const [root, level = '', next = '', ...more] = topic.split('/')
      if (root !== 'home') return root !== 'device' && root !== 'monitor'
      if (next === 'sensor' && more.length > 0) return true
      if (isWordOfOthers(next)) {
        // Its other topics are no garbage either.
        if (/^LWT$|toMQTT$/.test(next) && levels.size < mostGateways) levels.add(level)
        return true
      }
      return levels.has(level) || levels.has(next)
    },
  }
}
