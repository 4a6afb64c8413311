import type { Log } from '@hearthwatch/log'
import type { Notifications } from '../store/notifications.ts'
import type { Channel } from './channel.ts'
import { startCourier } from './courier.ts'
import type { Pace } from './group.ts'
import type { Words } from './words.ts'

export interface NotifyOptions {
  notifications: Notifications
  channels: readonly Channel[]
  words: Words
  /** How long alerts that come together are gathered into one message, s. */
  groupWait: number
  /** Between two messages of one severity to one person, s. */
  groupInterval: number
  now: () => number
  log: Log
  /** The rows whose state has just changed. */
  onChange?: ((ids: readonly number[]) => void) | undefined
  /** While true nothing goes out; `wake` when that changes. */
  held?: (() => boolean) | undefined
}

export interface Notify {
  /** New rows have been committed. */
  wake(): void
  /** Waits a few seconds for what is being sent, then breaks it off; it goes out again at the next start. */
  close(): Promise<void>
}

/**
 * Tells people what stands in the table, each channel at its own pace. At least once: a message goes out twice only
 * where the process dies between the other side's yes and our mark, and then under the same id.
 */
export function startNotify(options: NotifyOptions): Notify {
  const { notifications, channels, groupWait, groupInterval, log, onChange = () => {} } = options
  const taken = notifications.recover()
  if (taken.length > 0) {
    log.info('notifications were being sent when the monitor ended; they go out again under the same id', { count: taken.length })
    onChange(taken)
  }
  for (const { channel, count } of notifications.orphans(channels.map(({ name }) => name)))
    log.warn('notifications wait for a channel that is not set up', { channel, count })

  const pace: Pace = { wait: groupWait * 1000, interval: groupInterval * 1000 }
  const couriers = channels.map((channel) => startCourier(channel, { ...options, onChange, pace }))
  const wake = () => {
    for (const courier of couriers) courier.wake()
  }
  wake()

  return {
    wake,
    async close() {
      await Promise.all(couriers.map((courier) => courier.close()))
    },
  }
}
