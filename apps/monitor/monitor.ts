import type { Log } from '@hearthwatch/log'
import type { Packet } from '@hearthwatch/mqtt'
import { acknowledge } from './alerts/acknowledge.ts'
import { createJudge } from './alerts/judge.ts'
import { importRules } from './alerts/rules-file.ts'
import { createRecordKeeper } from './commit/apply-batch.ts'
import { createKeeper, type Item } from './commit/apply-message.ts'
import { groupCommit } from './commit/group-commit.ts'
import { startTicker } from './commit/ticker.ts'
import type { Config } from './config.ts'
import { createOrders } from './devices/control.ts'
import { forget } from './devices/forget.ts'
import { createPresence } from './devices/presence.ts'
import { mindUnsetClock } from './intake/clock-guard.ts'
import { addressOf, startOwnBroker } from './intake/embedded-broker.ts'
import { listen } from './intake/mqtt-session.ts'
import { holdNewcomers } from './intake/new-topics.ts'
import { createWire, type Note } from './intake/packet-trace.ts'
import { createIntake, type Message } from './intake/parse.ts'
import { healthOf, problemOf } from './live/health.ts'
import { createBoard } from './live/live-state.ts'
import { recall, showOn } from './live/show.ts'
import { startDaily } from './nightly/daily.ts'
import { createChannels } from './notify/channels/registry.ts'
import { startWatchdog } from './notify/dead-man-switch.ts'
import { audienceOf, createTeller } from './notify/enqueue.ts'
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
    const broker = config.MQTT_URL === undefined ? await startOwnBroker(config, log) : null
    if (broker) closers.push(broker)

    const intake = createIntake(log.child('intake'))
    const board = createBoard(now)
    const wire = createWire(now)
    recall(board, store)

    const channels = createChannels(config, log, now)
    const channelNames = channels.map(({ name }) => name)
    importRules({ database: config.DATABASE_FILE, rules: store.rules, channelNames, now: now(), log })
    const teller = createTeller({ notifications: store.notifications, audience: audienceOf(channels), board, log })
    const judge = createJudge({ store, teller, offlineAfter: config.OFFLINE_AFTER * 1000 })
    const record = createRecordKeeper({ store, judge, board, teller, retentionDays: config.RETENTION_DAYS, reject: intake.reject })
    const presence = createPresence(store.devices, judge, teller)
    const keeper = createKeeper({ store, judge, presence, teller, record })

    const onTrouble = (why: string) => log.error('the database cannot be written; what comes waits in memory', { why })
    const commit = groupCommit<Item>(
      (items) => {
        try {
          store.transaction(() => items.forEach(keeper.keep))
        } catch (error) {
          keeper.forget()
          throw error
        }
        for (const answer of keeper.committed()) ear.answer(answer)
        teller.committed()
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

    const orders = createOrders({ store, link: () => ear.link, now, log: log.child('orders') })
    const hold = holdNewcomers(keeper.isNew, keep, () => ear.watching !== null)
    const show = showOn(board, presence)
    const isAhead = mindUnsetClock(log)
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

    const ear = listen({
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
        return ear.close()
      },
    })

    const notify = tellPeople({ config, store, channels, board, now, log: log.child('notify'), held: () => ear.isCatchingUp })
    closers.push(notify)

    closers.push(startTicker(ear, judge, now, keep))
    closers.push(startDaily({ config, store, tell: teller.everyone, notify, stored: () => keeper.stored, now, log }))

    const health = () => healthOf(ear.link, commit.trouble)
    const problem = () => problemOf(health()) ?? notify.stuck()
    closers.push(startWatchdog({ url: config.PING_URL, problem, now, log: log.child('watchdog') }))

    const web = await startWeb({
      config,
      store,
      board,
      health,
      counters: { readings: () => keeper.stored, rejected: intake.rejected },
      isFaulty: (device) => ear.watching !== null && record.isFaulty(device, now(), ear.watching),
      limitOf: (device) => silenceLimit(device, config.OFFLINE_AFTER * 1000),
      orders,
      channelNames,
      wire,
      forget: (device) => forget(device, { store, orders, board, teller, onForgotten: presence.reclaim, now }),
      acknowledge: (ids) => acknowledge(ids, { store, board, now }),
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
