import type { Log } from '@hearthwatch/log'
import type { Notifications } from '../store/notifications.ts'
import { type ChannelWorkerOptions, startChannelWorker } from './channel-worker.ts'
import type { Channel } from './channels/channel.ts'
import { quietUntil } from './quiet.ts'
import type { Compose } from './text/compose.ts'
import type { Said } from './text/said.ts'
import { type TestMessage, tryChannel } from './try-channel.ts'

export interface NotifyOptions extends Pick<ChannelWorkerOptions, 'timeZone' | 'held'> {
  notifications: Notifications
  channels: readonly Channel[]
  compose: Compose
  /** What a test of a channel says; default: channels cannot be tested. */
  testMessage?: TestMessage
  /** Of what people read; the log is in English. */
  language?: keyof Said
  /** How long alerts that come together are gathered into one message, s. */
  groupWait: number
  /** Between two messages of one severity to one person, s. */
  groupInterval: number
  now: () => number
  log: Log
  /** The rows whose state has just changed. */
  onChange?: ((ids: readonly number[]) => void) | undefined
}

/** A channel as people see it, without addresses. */
export interface ChannelState {
  name: string
  kind: string
  /** How many. */
  recipients: number
  /** Nothing goes out until a person puts the settings right. */
  paused: boolean
  /** What it suffers from, in plain words; null: nothing. */
  error: string | null
  /** These are its quiet hours. */
  quiet: boolean
  budget: { perMonth: number; used: number } | null
}

export interface Notify {
  /** New rows have been committed. */
  wake(): void
  channels(): ChannelState[]
  /**
   * Sends a test to everyone on this channel; what has been waiting for it goes out when it gets through.
   * @returns null where it did, else what is wrong, in plain words; undefined: there is no such channel
   */
  test(channel: string): Promise<string | null | undefined>
  /** Why people cannot be told, for the log; null: they can. */
  stuck(): string | null
  /** Waits a few seconds for what is being sent, then breaks it off; it goes out again at the next start. */
  close(): Promise<void>
}

/**
 * Tells people what stands in the table, each channel at its own pace. At least once: a message goes out twice only
 * where the process dies between the other side's yes and our mark, and then under the same id.
 */
export function startNotify(options: NotifyOptions): Notify {
  const { notifications, channels, testMessage, language = 'en', groupWait, groupInterval, now, log, onChange = () => {} } = options
  const taken = notifications.recover()
  if (taken.length > 0) {
    log.info('notifications were being sent when the monitor ended; they go out again under the same id', { count: taken.length })
    onChange(taken)
  }
  for (const { channel, count } of notifications.orphans(channels.map(({ name }) => name)))
    log.warn('notifications wait for a channel that is not set up', { channel, count })

  const pace = { wait: groupWait * 1000, interval: groupInterval * 1000 }
  const workers = channels.map((channel) => startChannelWorker(channel, { ...options, language, onChange, pace }))
  const wake = () => {
    for (const worker of workers) worker.wake()
  }
  wake()

  return {
    wake,

    channels: () =>
      workers.map(({ channel, trouble, budget }) => {
        const { name, kind, recipients, quiet } = channel
        const spent = budget.state(now())
        return {
          name,
          kind,
          recipients: recipients.length,
          paused: trouble.isPaused,
          error: trouble.why?.[language] ?? null,
          quiet: quietUntil(quiet, now()) !== null,
          budget: spent && { perMonth: spent.perMonth, used: spent.used },
        }
      }),

    async test(name) {
      const worker = workers.find(({ channel }) => channel.name === name)
      if (worker === undefined || testMessage === undefined) return undefined
      const problem = await tryChannel(worker.channel, testMessage)
      if (problem === null) worker.release()
      return problem === null ? null : problem[language]
    },

    stuck() {
      const worker = workers.find(({ trouble }) => trouble.isStuck(now()))
      return worker === undefined ? null : `${worker.channel.name}: ${worker.trouble.why?.en}`
    },

    async close() {
      await Promise.all(workers.map((worker) => worker.close()))
    },
  }
}
