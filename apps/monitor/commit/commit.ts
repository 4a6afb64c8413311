import { type Log, lastingState } from '@hearthwatch/log'
import type { Judge } from '../alerts/judge.ts'
import type { LiveCheck } from '../devices/live-check.ts'
import type { Presence } from '../devices/presence.ts'
import type { MqttSession } from '../intake/mqtt-session.ts'
import type { LiveState } from '../live/live-state.ts'
import type { NotificationQueue } from '../notify/enqueue.ts'
import type { Device } from '../store/devices.ts'
import { isOutsideTrouble } from '../store/file/open.ts'
import type { Store } from '../store/store.ts'
import { createApplyBatch } from './apply-batch.ts'
import { createApplyMessage, type Item } from './apply-message.ts'
import { createFullDisk } from './full-disk.ts'
import { groupCommit } from './group-commit.ts'
import { createTickWatch } from './tick-watch.ts'
import { startTicker } from './ticker.ts'
import { createUrgency } from './urgency.ts'

export interface CommitOptions {
  store: Store
  judge: Judge
  presence: Presence
  liveCheck: LiveCheck
  liveState: LiveState
  notificationQueue: NotificationQueue
  session: MqttSession
  /** Counts a value that cannot be stored. */
  reject(topic: string, reason: string, why: string, at: number): void
  /** A device has published its info afresh. */
  onIntroduced(device: string): void
  /** Notifications may have been added. */
  onCommitted(): void
  /** Days that raw readings are kept; 0: for ever. */
  retentionDays: number
  /** The shortest time between two commits that nothing urges. ms */
  interval: number
  now(): number
  log: Log
}

/**
 * Most items that wait while nothing can be written. A batch beyond it is not answered, so its sensor sends it again. Others, at
 * QoS 0, are lost. Together they take some 30 MB.
 */
const mostItems = 100_000
const mostBatches = 200

export type Commit = ReturnType<typeof startCommit>

/** Stores items: readings, alert steps and notifications in one transaction, acknowledgements after it. */
export function startCommit(options: CommitOptions) {
  const { store, judge, presence, notificationQueue, session, now, log } = options
  const applyBatch = createApplyBatch(options)
  const applyMessage = createApplyMessage({ ...options, applyBatch })
  const urgency = createUrgency({ devices: store.devices, judge, presence, applyBatch })

  function transaction(work: () => void): void {
    try {
      store.transaction(work)
    } catch (error) {
      applyMessage.rolledBack()
      throw error
    }
    const { answers, introduced } = applyMessage.committed()
    for (const answer of answers) session.answer(answer)
    for (const device of introduced) options.onIntroduced(device)
    notificationQueue.committed()
    options.onCommitted()
  }

  const unwritable = lastingState(log, 'error', now)
  const fullDisk = createFullDisk({
    reserve: store.diskReserve,
    notify: () => transaction(() => judge.diskFull(now())),
    isOutsideTrouble,
    now,
  })
  let before = 0
  /** Batches that wait while nothing can be written. */
  let batches = 0
  const commitAll = (items: readonly Item[]) => {
    before = applyMessage.stored
    transaction(() => items.forEach(applyMessage.apply))
  }
  const group = groupCommit(commitAll, {
    interval: options.interval,
    now,
    isOutsideTrouble,
    mayRetry: fullDisk.mayCommit,
    onFailed: fullDisk.failed,
    onTrouble: (why) =>
      unwritable.begin('the database cannot be written; new messages wait in memory and are tried again each second', { why }),
    onWell(waited) {
      fullDisk.succeeded()
      batches = 0
      unwritable.end('the database can be written again', { waited, readings: applyMessage.stored - before })
    },
  })

  /**
   * @param acknowledged somebody waits for the acknowledgement (QoS 1)
   * @returns resolves when the item is stored; undefined: there is nothing to wait for
   */
  function add(item: Item, acknowledged = false): Promise<void> | undefined {
    if (group.trouble !== '') {
      if ((group.waiting >= mostItems && !acknowledged) || (item.kind === 'batch' && batches >= mostBatches)) return undefined
      if (item.kind === 'batch') batches += 1
    }
    if (acknowledged || group.waiting > 0 || !urgency.isHeartbeatOnly(item)) return group.add(item, urgency.isUrgent(item), acknowledged)
    // Not worth a commit of its own: applied in memory now, written with the next transaction.
    applyMessage.apply(item)
    group.remember(item)
    return undefined
  }

  const ticker = startTicker(session, now, (tick) => {
    // While nothing can be written, the same change would be due in each second.
    if (group.trouble === '') void watch.look(tick)
  })
  const watch = createTickWatch(judge, (tick) => void add(tick))

  return {
    add,

    /** Number of readings stored since the start. */
    stored: () => applyMessage.stored,

    /** Why the last transaction failed; empty while all is well. */
    trouble: () => group.trouble,

    /** True if an online device with a record has not delivered any rows for too long. */
    isFaulty: (device: Device) => session.listeningSince !== null && applyBatch.isFaulty(device, now(), session.listeningSince),

    /** Commits what waits, now. */
    flush: group.flush,

    /** The same, and stops. */
    close(): void {
      ticker.close()
      watch.close()
      group.close()
    },
  }
}
