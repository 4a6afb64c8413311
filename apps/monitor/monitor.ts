import type { Log } from '@hearthwatch/log'
import { acknowledge } from './alerts/acknowledge.ts'
import { createJudge } from './alerts/judge.ts'
import { importRules } from './alerts/rules-file.ts'
import { startCommit } from './commit/commit.ts'
import type { Config } from './config/config.ts'
import { createControl } from './devices/control.ts'
import { forget } from './devices/forget.ts'
import { forgetRoom } from './devices/forget-room.ts'
import { giveRoom } from './devices/give-room.ts'
import { ignore } from './devices/ignore.ts'
import { createLiveCheck } from './devices/live-check.ts'
import { createNewSensors } from './devices/new-sensors.ts'
import { createPresence } from './devices/presence.ts'
import { problemsOf } from './devices/problems.ts'
import { startTrustOffers, trustOfferFor } from './devices/trust-offer.ts'
import { liveHouse } from './doctor/live-house.ts'
import { createPatient } from './doctor/patient.ts'
import { beginForwarding } from './forward/begin.ts'
import type { timings } from './forward/forward.ts'
import { createAnnouncer } from './homeassistant/announcer.ts'
import { createBounds } from './intake/bounds.ts'
import { addressOf, startEmbeddedBroker, watchBrokerFiles } from './intake/embedded-broker.ts'
import { followTopics } from './intake/follow-topics.ts'
import { createForeignIntake } from './intake/foreign.ts'
import { startIntake } from './intake/intake.ts'
import type { Reading } from './intake/message.ts'
import { createMqttSession } from './intake/mqtt-session.ts'
import { createPacketTrace } from './intake/packet-trace.ts'
import { createParser } from './intake/parse.ts'
import { healthOf, problemOf } from './live/health.ts'
import { createLiveState } from './live/live-state.ts'
import { recall, showReading } from './live/show.ts'
import { startDaily } from './nightly/daily.ts'
import { type RoomOf, watchDisk } from './nightly/disk-watch.ts'
import { createChannelSet } from './notify/channel-set.ts'
import { vapidOf } from './notify/channels/vapid.ts'
import { startDeadManSwitch } from './notify/dead-man-switch.ts'
import { startNotifications } from './notify/deliver.ts'
import { createNotificationQueue } from './notify/enqueue.ts'
import { createOwnChannels } from './notify/own-channels.ts'
import manifest from './package.json' with { type: 'json' }
import { builtInRules } from './rules/builtin.ts'
import { createHouseTroubles } from './rules/house-troubles.ts'
import { deviceTimeout } from './rules/offline-machine.ts'
import type { Device } from './store/devices.ts'
import { openStore } from './store/store.ts'
import { publicUrlOf } from './web/http/lan.ts'
import { startWeb } from './web/server.ts'

export interface Monitor {
  /** Address of the page. */
  readonly url: string
  /** Port of the embedded broker; null if MQTT_URL names another broker. */
  readonly brokerPort: number | null
  /** Reads the embedded broker's password file and ACL again. */
  reload(): Promise<void>
  close(): Promise<void>
}

export interface MonitorOptions {
  /** Called after each half hour without a broker: a process that a supervisor restarts should end. */
  onStuck?: () => void
  /** Called when the database file was deleted or replaced: the monitor must be closed, and started again. */
  onLost?: () => void
  /** ms after which a broker that does not deliver is reported; default: a minute */
  greetingTimeout?: number | undefined
  /** Reads the use of a disk; default: that of this machine. */
  roomOf?: RoomOf | undefined
  /** Pauses of forwarding; default: those of a house. */
  forwardTiming?: Partial<typeof timings> | undefined
}

/**
 * The whole journey: packet → intake → one transaction {reading, alert step, notification} → acknowledgement → people.
 * @throws if the database, the broker's port or the page's port cannot be had; the message is for people
 */
export async function startMonitor(
  config: Config,
  log: Log,
  now: () => number = Date.now,
  { onStuck, onLost = () => {}, greetingTimeout, roomOf, forwardTiming }: MonitorOptions = {},
): Promise<Monitor> {
  const offlineAfter = config.OFFLINE_AFTER * 1000
  const store = openStore(config.DATABASE_FILE, builtInRules(config.ALERT_ABOVE), { log: log.child('store'), onLost })
  const closers: { close(): unknown }[] = [store]
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer.close()
  }
  try {
    const forwarding = await beginForwarding({ config, store, timing: forwardTiming, log: log.child('forward') })
    if (forwarding) closers.push(forwarding)
    const broker = config.MQTT_URL === undefined ? await startEmbeddedBroker(config, log) : null
    if (broker) closers.push(broker)

    const liveState = createLiveState(now)
    recall(liveState, store, now())
    const trace = createPacketTrace(now)
    const parser = createParser(
      log.child('intake'),
      (topic) => presence.unitOf(topic),
      (topic) => presence.isStatusOf(topic),
      // The usual device publishes on four topics.
      () => 10_000 + 4 * store.devices.count().introduced,
    )
    const session = createMqttSession({
      ...addressOf(config, broker),
      log: log.child('mqtt'),
      now,
      onPublish: trace.send,
      onStuck,
      greetingTimeout,
    })

    const vapid = vapidOf(store.secrets.key('vapid'), publicUrlOf(config))
    const channels = createChannelSet({ fromSettings: config.channels, stored: store.channels, settings: config, now, vapid, log })
    importRules({ database: config.DATABASE_FILE, rules: store.rules, channelNames: channels.names(), now: now(), log })
    const notificationQueue = createNotificationQueue({
      notifications: store.notifications,
      audience: channels.audience,
      liveState,
      isUnproven: store.isUnproven,
      log,
    })
    const notify = startNotifications({
      settings: { ...config, PUBLIC_URL: publicUrlOf(config) },
      store,
      channels: channels.running(),
      liveState,
      now,
      log: log.child('notify'),
      held: () => session.isCatchingUp,
    })
    closers.push(notify)

    const troubles = createHouseTroubles()
    const judge = createJudge({ store, notificationQueue, offlineAfter, troubles })
    const roomsOf = broker?.roomsOf ?? null
    const presence = createPresence({ devices: store.devices, judge, notificationQueue, roomsOf })
    const reviewAll = (removed?: ReadonlySet<string>) => {
      store.transaction(() => presence.reviewAll(now(), removed))
      notificationQueue.committed()
    }
    reviewAll()
    const liveCheck = createLiveCheck()
    const commit = startCommit({
      store,
      judge,
      presence,
      liveCheck,
      liveState,
      notificationQueue,
      session,
      reject: parser.reject,
      onIntroduced: (device) => control.introduced(device),
      onCommitted: notify.wake,
      retentionDays: config.RETENTION_DAYS,
      interval: config.COMMIT_INTERVAL,
      now,
      log,
    })
    closers.push(commit)

    const control = createControl({
      store,
      link: () => session.link,
      offerFor: (device) => trustOfferFor(device, { config, devices: store.devices, now: now() }),
      now,
      log: log.child('orders'),
    })
    closers.push(startTrustOffers({ liveState, devices: store.devices, offer: control.offer }))
    const admit = createBounds({ ...store, seriesName: presence.seriesName })
    const show = (reading: Reading) => showReading(liveState, reading, presence.seriesName(reading).device)
    const foreign = createForeignIntake({
      followed: config.followed,
      devices: store.devices,
      announcements: store.announcements,
      reject: parser.reject,
      admit,
      show,
      add: commit.add,
      onFilters: () => topics.changed(),
      now,
    })
    const announcer = createAnnouncer({
      isOn: config.HA_DISCOVERY === 'on',
      prefix: config.followed.find(({ kind }) => kind.name === 'homeassistant')?.prefix ?? 'homeassistant',
      store,
      liveState,
      link: () => session.link,
      version: manifest.version,
      log: log.child('homeassistant'),
    })
    closers.push(announcer)
    const wanted = () => [announcer.birth.topic, ...foreign.filters()]
    const topics = followTopics({ link: () => session.link, wanted, log: log.child('foreign') })
    closers.push(topics)
    const intake = startIntake({
      session,
      parser,
      trace,
      commit,
      admit,
      show,
      foreign,
      birth: announcer.birth,
      isRecorded: presence.isRecorded,
      isCalm: (reading) => judge.isWithinRules(presence.seriesName(reading), reading.value),
      isNew: (reading) => presence.isFree(reading.topic) && !store.readings.isKnown({ ...reading, device: null }),
      isOwnClearing: control.isOwnClearing,
      onConnected() {
        broker?.acceptClients()
        topics.connected()
        announcer.connected()
        void control.connected()
      },
      now,
      log,
    })
    closers.push(intake)

    const disk = watchDisk(config.DATABASE_FILE, roomOf)
    closers.push(
      startDaily({
        settings: config,
        store,
        enqueue: notificationQueue.enqueue,
        notify,
        stored: commit.stored,
        now,
        log,
        troubles,
        certificateEnd: () => session.link.certificateEnd,
        disk,
      }),
    )
    const health = () => healthOf(session.link, session.deafness?.missing ?? [], commit.trouble())
    const problem = () => problemOf(health()) ?? notify.stuck()
    closers.push(startDeadManSwitch({ url: config.PING_URL, problem, now, log: log.child('watchdog') }))

    const reload = async () => {
      if (broker === null) return
      const logins = [...store.devices.all()].flatMap(({ id }) => (id !== null && broker.roomsOf(id) !== null ? [id] : []))
      await broker.reload()
      reviewAll(new Set(logins.filter((id) => broker.roomsOf(id) === null)))
    }

    const problems = (device: Device) =>
      problemsOf(device, { presence, asides: store.asides, liveCheck, takeoversOf: (id) => broker?.takeoversOf(id) ?? null, now })
    const allProblems = () =>
      [...store.devices.all()].flatMap((device) => problems(device).map((problem) => ({ device: device.key, problem })))
    const forgetting = { store, control, liveState, notificationQueue, presence, now }
    const web = await startWeb({
      config,
      store,
      liveState,
      health,
      counters: { readings: commit.stored, rejected: parser.rejected, skipped: intake.skipped },
      isFaulty: commit.isFaulty,
      isConfirmed: presence.isConfirmed,
      problemsOf: problems,
      limitOf: (device) => deviceTimeout(device, offlineAfter),
      control,
      channelNames: channels.names,
      packetTrace: trace,
      async forget(device) {
        const isForgotten = await forget(device, forgetting)
        if (isForgotten && device.id !== null) foreign.forget(device.id)
        return isForgotten
      },
      forgetRoom: (room, history) => forgetRoom(room, history, forgetting),
      ignore: (device, ignored) => ignore(device, ignored, { store, presence, liveState, notificationQueue, now }),
      notUnderstood: foreign.notUnderstood,
      giveRoom: (device, room) => giveRoom(device, room, { store, presence, liveState, notificationQueue, now }),
      acknowledge: (ids) => acknowledge(ids, { store, liveState, now }),
      // Setup alone can sign a certificate: the monitor never has the authority's key in memory.
      newSensors:
        broker !== null && config.BROKER_CLIENT_CERTIFICATES === undefined
          ? createNewSensors({ config, broker, devices: store.devices, reload })
          : null,
      patient: (language) =>
        createPatient(
          {
            language: language ?? config.UI_LANGUAGE,
            now: now(),
            files: ['.env'],
            config,
            version: manifest.version,
            isRunning: true,
            ...liveHouse(
              session,
              {
                problems: allProblems,
                growth: disk.growth(),
                forwarding: forwarding && { trouble: forwarding.trouble, waiting: store.feed.waiting().commits },
                newer: broker && { homeAssistant: announcer.isHeard, refused: broker.counts.mqtt5 },
                takeovers: broker?.takeoversOf(broker.username) ?? null,
              },
              language ?? config.UI_LANGUAGE,
            ),
          },
          false,
        ),
      notify,
      compose: notify.compose,
      ownChannels: createOwnChannels({ set: channels, store, notify, settings: config, now, log: log.child('notify') }),
      now,
      log: log.child('web'),
      version: manifest.version,
    })
    closers.push(web)
    if (broker) closers.push({ close: watchBrokerFiles(config, () => void reload()) })
    return { url: web.url, brokerPort: broker?.port ?? null, reload, close }
  } catch (error) {
    await close()
    throw error
  }
}
