import { spelled } from '@hearthwatch/protocol'
import type { Device } from '../store/devices.ts'

export type TopicOwners = ReturnType<typeof topicOwnersOf>

/** The owner of each topic, by the `info` messages of the devices. */
export function topicOwnersOf(devices: Iterable<Device>) {
  const owners = new Map<string, Set<string>>()
  const recorded = new Set<string>()
  const units = new Map<string, Set<string>>()
  const add = (to: Map<string, Set<string>>, topic: string, item: string) => {
    const known = to.get(topic)
    if (known) known.add(item)
    else to.set(topic, new Set([item]))
  }
  for (const { key, info } of devices) {
    if (info === null) continue
    if (info.status !== undefined) add(owners, spelled(info.status), key)
    for (const { topic: published, unit = '' } of info.readings) {
      const topic = spelled(published)
      add(owners, topic, key)
      add(units, topic, unit)
      if (info.epoch !== undefined) recorded.add(topic)
    }
  }
  return {
    /** True if a record brings the readings of this topic: only the record stores them then. */
    isRecorded: (topic: string) => recorded.has(spelled(topic)),

    /** The unit that the owner states for this topic; undefined: none. Owners that disagree state an unknown one. */
    unitOf: (topic: string): string | undefined => [...(units.get(spelled(topic)) ?? [])].join(' or ') || undefined,

    /** The device that owns this topic; `several` if more than one device claims it. */
    ownerOf(topic: string): { key: string } | 'several' | 'nobody' {
      const claimed = owners.get(spelled(topic))
      if (claimed === undefined) return 'nobody'
      const [key, other] = claimed
      return other === undefined && key !== undefined ? { key } : 'several'
    },
  }
}
