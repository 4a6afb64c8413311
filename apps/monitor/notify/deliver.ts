import type { Installation } from '@hearthwatch/api/installation'
import type { Log } from '@hearthwatch/log'
import type { LiveState } from '../live/live-state.ts'
import type { Zone } from '../localtime.ts'
import type { SentTest } from '../store/messages.ts'
import { namesOf } from '../store/names.ts'
import type { Notifications } from '../store/notifications.ts'
import type { Store } from '../store/store.ts'
import { acknowledgeLinks } from './acknowledge-link.ts'
import { type ChannelWorkerOptions, startChannelWorker } from './channel-worker.ts'
import type { Channel } from './channels/channel.ts'
import { quietUntil } from './quiet.ts'
import { type Compose, composer, pageOf } from './text/compose.ts'
import type { Localized } from './text/localized.ts'
import { createWords } from './text/words.ts'
import { type TestMessage, tryChannel } from './try-channel.ts'

export interface NotificationOptions {
  settings: {
    UI_LANGUAGE: keyof Localized
    TZ?: Zone
    PUBLIC_URL?: string
    GROUP_WAIT: number
    GROUP_INTERVAL: number
    installation?: Installation
  }
  store: Pick<Store, 'notifications' | 'messages' | 'readings' | 'devices' | 'secrets' | 'labels' | 'rules'>
  channels: readonly Channel[]
  now: () => number
  log: Log
  liveState: Pick<LiveState, 'emit'>
  /** While true, no message is sent. */
  held(): boolean
}

export interface DeliveryOptions extends Pick<ChannelWorkerOptions, 'timeZone' | 'held'> {
  notifications: Notifications
  channels: readonly Channel[]
  compose: Compose
  /** Text of a channel's test message; default: channels cannot be tested. */
  testMessage?: TestMessage
  /** How long alerts are gathered into one message, s. */
  groupWait: number
  /** Least time between two messages of one severity to one recipient, s. */
  groupInterval: number
  now: () => number
  log: Log
  /** Called with the rows whose state has just changed. */
  onChange?: ((ids: readonly number[]) => void) | undefined
  /** Called with each test message that was sent or refused. */
  onTested?: (test: SentTest) => void
}

/** A channel as the API shows it, without addresses. */
export interface ChannelState {
  name: string
  kind: string
  /** Number of recipients. */
  recipients: number
  /** True until a person corrects the settings; no message is sent. */
  paused: boolean
  /** Why the channel fails; null: it works. */
  error: Localized | null
  /** True during its quiet hours. */
  quiet: boolean
  budget: { perMonth: number; used: number } | null
}

export type Notify = ReturnType<typeof startNotifications>

/** Starts to send the notifications of the database, in the language and at the pace of the settings. */
export function startNotifications({ settings, store, channels, liveState, ...options }: NotificationOptions) {
  const { notifications, messages, readings, devices, secrets } = store
  const words = createWords({
    language: settings.UI_LANGUAGE,
    timeZone: settings.TZ,
    names: namesOf(store),
    installation: settings.installation,
  })
  const links = acknowledgeLinks(secrets.key('acknowledge'))
  const compose = composer({ words, readings, devices, links, publicUrl: settings.PUBLIC_URL })
  const delivery = startDelivery({
    ...options,
    notifications,
    channels,
    compose,
    testMessage(about) {
      const link = pageOf(settings.PUBLIC_URL)
      return { ...words.test({ ...about, at: options.now(), link }), link }
    },
    onChange(ids) {
      for (const id of messages.firstRows(ids)) liveState.emit({ type: 'notification', data: { id } })
    },
    onTested: (test) => liveState.emit({ type: 'notification', data: { id: messages.addTest(test) } }),
    timeZone: settings.TZ,
    groupWait: settings.GROUP_WAIT,
    groupInterval: settings.GROUP_INTERVAL,
  })
  return { ...delivery, compose }
}

/**
 * Sends the rows of the notification table, each channel independently. At least once: a message is sent twice only if
 * the process ends after the service accepted it and before the row was marked. Both copies have the same id.
 */
export function startDelivery(options: DeliveryOptions) {
  const { notifications, channels, testMessage, groupWait, groupInterval, now, log, onChange = () => {}, onTested = () => {} } = options
  const taken = notifications.recover()
  if (taken.length > 0) {
    log.info('the monitor ended while it sent notifications; they are sent again under the same id', { count: taken.length })
    onChange(taken)
  }
  for (const { channel, count } of notifications.orphans(channels.map(({ name }) => name)))
    log.warn('notifications wait for a channel that is not set up', { channel, count })

  const pace = { wait: groupWait * 1000, interval: groupInterval * 1000 }
  const start = (channel: Channel) => startChannelWorker(channel, { ...options, onChange, pace })
  let workers = channels.map(start)
  const wake = () => {
    for (const worker of workers) worker.wake()
  }
  wake()

  return {
    /** New rows have been committed. */
    wake,

    /** Starts to send the messages of one more channel. */
    start(channel: Channel): void {
      const rows = notifications.recover(channel.name)
      const worker = start(channel)
      workers.push(worker)
      onChange(rows)
      worker.wake()
    },

    /** Stops a channel, after a message that is being sent. @param why for its waiting messages, which are given up; null: they wait */
    async stop(name: string, why: Localized | null): Promise<void> {
      const stopped = workers.filter(({ channel }) => channel.name === name)
      workers = workers.filter((worker) => !stopped.includes(worker))
      await Promise.all(stopped.map((worker) => worker.close()))
      if (why !== null) onChange(notifications.giveUp(name, why, now()))
    },

    channels: (): ChannelState[] =>
      workers.map(({ channel, health, budget }) => {
        const { name, kind, recipients, quiet } = channel
        const spent = budget.state(now())
        return {
          name,
          kind,
          recipients: recipients.length,
          paused: health.isPaused,
          error: health.why,
          quiet: quietUntil(quiet, now()) !== null,
          budget: spent && { perMonth: spent.perMonth, used: spent.used },
        }
      }),

    /**
     * Sends a test to every recipient of this channel. If it succeeds, waiting messages are sent at once.
     * @returns null on success, else the reason; undefined if there is no such channel
     */
    async test(name: string): Promise<Localized | null | undefined> {
      const worker = workers.find(({ channel }) => channel.name === name)
      if (worker === undefined || testMessage === undefined) return undefined
      const problem = await tryChannel(worker.channel, testMessage, ({ id: message, recipient, subject }, why) =>
        onTested({ message, channel: name, recipient, subject, at: now(), error: why }),
      )
      if (problem === null) worker.release()
      return problem
    },

    /** Why a channel is stuck, for the log; null: none is. */
    stuck(): string | null {
      const worker = workers.find(({ health }) => health.isStuck(now()))
      return worker === undefined ? null : `${worker.channel.name}: ${worker.health.why?.en}`
    },

    /** Waits a few seconds for messages that are being sent, then aborts them; the next start sends them again. */
    async close(): Promise<void> {
      await Promise.all(workers.map((worker) => worker.close()))
    },
  }
}
