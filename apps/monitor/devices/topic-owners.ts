import type { Device } from '../store/devices.ts'

export type TopicOwners = ReturnType<typeof topicOwnersOf>

/** Whose is a topic, by what the devices say of themselves in `info`. */
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
    /** Whether a record brings what is said on this topic: then the record makes it a row, and nobody else. */
    isRecorded: (topic: string) => recorded.has(topic),

    /** The device that this topic belongs to; `several` where more than one say so, and it decides for none of them. */
    ownerOf(topic: string): { key: string } | 'several' | 'nobody' {
      const claimed = owners.get(topic)
      if (claimed === undefined) return 'nobody'
      const [key, other] = claimed
      return other === undefined && key !== undefined ? { key } : 'several'
    },
  }
}
