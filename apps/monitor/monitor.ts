import type { Log } from '@hearthwatch/log'
import type { Packet } from '@hearthwatch/mqtt'
import { acknowledge } from './alerts/acknowledge.ts'
import { createJudge } from './alerts/judge.ts'
import { importRules } from './alerts/rules-file.ts'
import { createApplyBatch } from './commit/apply-batch.ts'
import { createApplyMessage, type Item } from './commit/apply-message.ts'
import { groupCommit } from './commit/group-commit.ts'
import { startTicker } from './commit/ticker.ts'
import type { Config } from './config.ts'
import { createControl } from './devices/control.ts'
import { forget } from './devices/forget.ts'
import { createPresence } from './devices/presence.ts'
import { guardUnsetClock } from './intake/clock-guard.ts'
import { addressOf, startEmbeddedBroker } from './intake/embedded-broker.ts'
import { listen } from './intake/mqtt-session.ts'
import { deferNewTopics } from './intake/new-topics.ts'
import { createPacketTrace, type Note } from './intake/packet-trace.ts'
import { createIntake, type Message } from './intake/parse.ts'
import { healthOf, problemOf } from './live/health.ts'
import { createLiveState } from './live/live-state.ts'
import { recall, showOn } from './live/show.ts'
import { startDaily } from './nightly/daily.ts'
import { createChannels } from './notify/channels/registry.ts'
import { startDeadManSwitch } from './notify/dead-man-switch.ts'
import { audienceOf, createNotificationQueue } from './notify/enqueue.ts'
import { tellPeople } from './notify/people.ts'
import manifest from './package.json' with { type: 'json' }
import { builtInRules } from './rules/builtin.ts'
import { silenceLimit } from './rules/offline-machine.ts'
import { isOutsideTrouble } from './store/file/open.ts'
import { openStore } from './store/store.ts'
import { startWeb } from './web/server.ts'

export interface Monitor {
  /** The page. */
  readonly url: string
  /** Port of the embedded broker; null with one of your own. */
  readonly brokerPort: number | null
  /** Reads the embedded broker's password file and ACL again. */
  reload(): Promise<void>
  close(): Promise<void>
}

const never = new Promise<void>(() => {})

/**
 * The whole journey: packet → intake → one transaction {reading, alert step, notification} → acknowledgement → people.
 * @param onStuck half an hour without a broker, or the database was taken away: end the process, so that its supervisor starts it afresh
 * @throws if the database, the broker's port or the page's port cannot be had; the message is for people
 */
export async function startMonitor(
  config: Config,
  log: Log,
  now: () => number = Date.now,
  onStuck: () => void = () => {},
): Promise<Monitor> {
  const store = openStore(config.DATABASE_FILE, builtInRules(config.ALERT_ABOVE), { log: log.child('store'), onLost: onStuck })
  const closers: { close(): unknown }[] = [store]
  let closing = false
  const close = async () => {
    closing = true
    for (const closer of closers.splice(0).reverse()) await closer.close()
  }
  try {
    const broker = config.MQTT_URL === undefined ? await startEmbeddedBroker(config, log) : null
    if (broker) closers.push(broker)

    const intake = createIntake(log.child('intake'))
    const liveState = createLiveState(now)
    const wire = createPacketTrace(now)
    recall(liveState, store)

    const channels = createChannels(config, log, now)
    const channelNames = channels.map(({ name }) => name)
    importRules({ database: config.DATABASE_FILE, rules: store.rules, channelNames, now: now(), log })
    const notificationQueue = createNotificationQueue({
      notifications: store.notifications,
      audience: audienceOf(channels),
      liveState,
      log,
    })
    const judge = createJudge({ store, notificationQueue, offlineAfter: config.OFFLINE_AFTER * 1000 })
    const record = createApplyBatch({
      store,
      judge,
      liveState,
      notificationQueue,
      retentionDays: config.RETENTION_DAYS,
      reject: intake.reject,
    })
    const presence = createPresence(store.devices, judge, notificationQueue)
    const keeper = createApplyMessage({ store, judge, presence, notificationQueue, record })

    const onTrouble = (why: string) => log.error('the database cannot be written; what comes waits in memory', { why })
    const commit = groupCommit<Item>(
      (items) => {
        try {
          store.transaction(() => items.forEach(keeper.keep))
        } catch (error) {
          keeper.forget()
          throw error
        }
        for (const answer of keeper.committed()) session.answer(answer)
        notificationQueue.committed()
        notify.wake()
      },
      { interval: config.COMMIT_INTERVAL, now, isOutsideTrouble, onTrouble },
    )
    closers.push(commit)

    /** @returns resolves when it is kept; undefined: there is nothing to wait for */
    function keep(item: Item, acknowledged = false): Promise<void> | undefined {
      if (acknowledged || commit.waiting > 0 || !keeper.isCalm(item)) return commit.add(item, keeper.isUrgent(item), acknowledged)
      keeper.keep(item)
      commit.remember(item)
      return undefined
    }

    const orders = createControl({ store, link: () => session.link, now, log: log.child('orders') })
    const hold = deferNewTopics(keeper.isNew, keep, () => session.watching !== null)
    const show = showOn(liveState, presence)
    const isAhead = guardUnsetClock(log)
    /** The last status of each topic among what had waited at the broker. */
    const waitingStatuses = new Map<string, Extract<Message, { kind: 'status' }>>()

    /** @returns resolves when it is kept */
    function take(packet: Packet, late: boolean, note: Note | undefined): Promise<void> | undefined {
      if (orders.isOwnClearing(packet.topic, packet.payload)) return void note?.('clearing')
      const message = intake.read(packet, now(), late, note)
      if (message === null) return undefined
      if (message.kind === 'batch' && isAhead(message.batch, message.at)) return void note?.('ahead')
      show(message)
      if (message.retained && message.kind !== 'status' && message.kind !== 'info') return void note?.('old')
      if (message.late && message.kind === 'status') return void waitingStatuses.set(message.topic, message)
      const held = hold.take(message)
      if (held === null) return keep(message, packet.qos > 0)
      note?.('held')
      return held
    }

    const session = listen({
      ...addressOf(config, broker),
      log: log.child('mqtt'),
      now,
      onStuck,
      onPacket(packet, late) {
        // What could no longer be acknowledged stays with the broker: kept here as well it would be there twice.
        if (closing && packet.qos > 0) return never
        return wire.pass(packet, late, take)
      },
      onGreeting: wire.greet,
      onPublish: wire.send,
      onConnected() {
        broker?.open()
        void orders.connected()
      },
      onCaughtUp() {
        keep({ kind: 'caught-up', statuses: [...waitingStatuses.values()], at: now() })
        waitingStatuses.clear()
      },
    })
    closers.push({
      close() {
        hold.close()
        commit.flush()
        return session.close()
      },
    })

    const notify = tellPeople({ config, store, channels, liveState, now, log: log.child('notify'), held: () => session.isCatchingUp })
    closers.push(notify)

    closers.push(startTicker(session, judge, now, keep))
    closers.push(startDaily({ config, store, tell: notificationQueue.everyone, notify, stored: () => keeper.stored, now, log }))

    const health = () => healthOf(session.link, commit.trouble)
    const problem = () => problemOf(health()) ?? notify.stuck()
    closers.push(startDeadManSwitch({ url: config.PING_URL, problem, now, log: log.child('watchdog') }))

    const web = await startWeb({
      config,
      store,
      liveState,
      health,
      counters: { readings: () => keeper.stored, rejected: intake.rejected },
      isFaulty: (device) => session.watching !== null && record.isFaulty(device, now(), session.watching),
      limitOf: (device) => silenceLimit(device, config.OFFLINE_AFTER * 1000),
      orders,
      channelNames,
      wire,
      forget: (device) => forget(device, { store, orders, liveState, notificationQueue, onForgotten: presence.reclaim, now }),
      acknowledge: (ids) => acknowledge(ids, { store, liveState, now }),
      notify,
      now,
      log: log.child('web'),
      version: manifest.version,
    })
    closers.push(web)
    return { url: web.url, brokerPort: broker?.port ?? null, reload: async () => broker?.reload(), close }
  } catch (error) {
    await close()
    throw error
  }
}
