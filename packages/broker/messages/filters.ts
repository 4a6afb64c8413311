import type { Subscription } from 'aedes'

type QoS = 0 | 1 | 2

/** Topic filters of one client, with their QoS. A look-up costs the levels of the topic, not the number of filters. */
export interface Filters {
  /** Adds a filter, or changes its QoS. @returns false if the limit is reached. */
  set(filter: string, qos: QoS): boolean
  delete(filter: string): void
  /** The highest QoS of all filters that match the topic; undefined if none does. */
  best(topic: string): QoS | undefined
  all(): Subscription[]
}

export interface FilterLimits {
  count: number
  /** Size of all filters, with `levelBytes` for each level. */
  bytes: number
}

interface Node {
  children: Map<string, Node>
  qos?: QoS | undefined
}

/** Memory of one level. Without it, filters of many short levels would cost a hundred times their length. */
const levelBytes = 32

export const unlimited: FilterLimits = { count: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY }

export function openFilters(limits: FilterLimits): Filters {
  const filters = new Map<string, QoS>()
  const root: Node = { children: new Map() }
  let bytes = 0

  return {
    set(filter, qos) {
      const levels = filter.split('/')
      if (!filters.has(filter)) {
        const size = sizeOf(filter, levels)
        if (filters.size >= limits.count || bytes + size > limits.bytes) return false
        bytes += size
      }
      filters.set(filter, qos)
      let node = root
      for (const level of levels) {
        const child = node.children.get(level) ?? { children: new Map() }
        node.children.set(level, child)
        node = child
      }
      node.qos = qos
      return true
    },
    delete(filter) {
      if (!filters.delete(filter)) return
      const levels = filter.split('/')
      bytes -= sizeOf(filter, levels)
      remove(root, levels, 0)
    },
    best(topic) {
      const qos = highest(root, topic.split('/'), 0, topic.startsWith('$'))
      return qos === -1 ? undefined : (qos as QoS)
    },
    all: () => [...filters].map(([topic, qos]) => ({ topic, qos })),
  }
}

function sizeOf(filter: string, levels: readonly string[]): number {
  return filter.length + levels.length * levelBytes
}

/** -1 if no filter below the node matches. A wildcard on the first level does not match the broker's own topics. */
function highest(node: Node, levels: readonly string[], at: number, isExact: boolean): number {
  let best = isExact ? -1 : (node.children.get('#')?.qos ?? -1)
  const level = levels[at]
  if (level === undefined) return Math.max(best, node.qos ?? -1)
  for (const key of isExact ? [level] : [level, '+']) {
    const child = node.children.get(key)
    if (child !== undefined && best < 2) best = Math.max(best, highest(child, levels, at + 1, false))
  }
  return best
}

/** Removes the filter, and each level that no other filter needs. */
function remove(node: Node, levels: readonly string[], at: number): void {
  const level = levels[at]
  if (level === undefined) {
    node.qos = undefined
    return
  }
  const child = node.children.get(level)
  if (child === undefined) return
  remove(child, levels, at + 1)
  if (child.qos === undefined && child.children.size === 0) node.children.delete(level)
}
