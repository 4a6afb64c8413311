import type { Device } from '../store/devices.ts'

export type TopicOwners = ReturnType<typeof topicOwnersOf>

/** The owner of each topic, by the `info` messages of the devices. */
export function topicOwnersOf(devices: Iterable<Device>) {
  const owners = new Map<string, Set<string>>()
  const recorded = new Set<string>()
  const claim = (topic: string, key: string) => {
    const claimed = owners.get(topic)
    if (claimed) claimed.add(key)
    else owners.set(topic, new Set([key]))
  }
  for (const { key, info } of devices) {
    if (info === null) continue
    if (info.status !== undefined) claim(info.status, key)
    for (const { topic } of info.readings) {
      claim(topic, key)
      if (info.epoch !== undefined) recorded.add(topic)
    }
  }
  return {
    /** True if a record brings the readings of this topic: only the record stores them then. */
    isRecorded: (topic: string) => recorded.has(topic),

    /** The device that owns this topic; `several` if more than one device claims it. */
    ownerOf(topic: string): { key: string } | 'several' | 'nobody' {
      const claimed = owners.get(topic)
      if (claimed === undefined) return 'nobody'
      const [key, other] = claimed
      return other === undefined && key !== undefined ? { key } : 'several'
    },
  }
}
