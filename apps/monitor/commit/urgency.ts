import type { Judge } from '../alerts/judge.ts'
import type { Presence } from '../devices/presence.ts'
import type { Device, Devices } from '../store/devices.ts'
import type { ApplyBatch } from './apply-batch.ts'
import type { Item } from './apply-message.ts'

export interface UrgencyOptions {
  devices: Devices
  judge: Judge
  presence: Presence
  applyBatch: ApplyBatch
}

/** Decides how soon an item must be committed. */
export function createUrgency({ devices, judge, presence, applyBatch }: UrgencyOptions) {
  const isOnline = (device: Device | null | undefined) =>
    device?.status === 'online' && device.seen !== null && !judge.hasOfflineAlert(device.key)

  return {
    /** True if the commit should not wait for more messages: the item may raise or resolve an alert. */
    isUrgent(item: Item): boolean {
      if (item.kind === 'described' || item.kind === 'announcement') return false
      if (item.kind === 'foreign') return item.news !== 'alive' || judge.hasOfflineAlert(item.device)
      if (item.kind === 'heartbeat') return judge.hasOfflineAlert(item.device) && presence.isOwnHeartbeat(item.topic, item.device)
      if (item.kind === 'batch')
        return (
          judge.hasOfflineAlert(item.device) || applyBatch.isUrgent(item.batch, devices.getOrMake(item.device, item.device, null), item.at)
        )
      if (item.kind !== 'reading') return item.kind !== 'info'
      if (item.late) return false
      const name = presence.seriesName(item)
      return judge.hasOfflineAlert(name.device ?? `/${item.room}`) || judge.changesAlert(name, item.value, item.at)
    },

    /** True if the item stores no reading and changes no alert: it only confirms that a known device is online. */
    isHeartbeatOnly(item: Item): boolean {
      if (item.kind === 'foreign') return item.news === 'alive' && isOnline(devices.get(item.device))
      if (item.kind === 'heartbeat') return isOnline(devices.get(item.device)) && devices.get(item.device)?.beats === true
      if (item.kind !== 'reading' || item.late || 'deferred' in item || !presence.isRecorded(item.topic)) return false
      return isOnline(presence.senderOf(item)) && judge.isWithinRules(presence.seriesName(item), item.value)
    },
  }
}
