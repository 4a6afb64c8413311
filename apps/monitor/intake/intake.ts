import type { Log } from '@hearthwatch/log'
import type { Packet } from '@hearthwatch/mqtt'
import { createBacklog } from './backlog.ts'
import type { Refusal } from './bounds.ts'
import { guardUnsetClock } from './clock-guard.ts'
import type { ForeignIntake } from './foreign.ts'
import type { Message, Reading, StatusMessage } from './message.ts'
import type { MqttSession } from './mqtt-session.ts'
import { type Deferred, deferNewTopics } from './new-topics.ts'
import { oncePerMinute } from './once-per-minute.ts'
import type { PacketTrace, Trace } from './packet-trace.ts'
import type { Parser } from './parse.ts'

/** A checked message, or the end of the messages that the broker had queued, with the last status of each topic among them. */
export type Checked = Message | Deferred | { kind: 'caught-up'; statuses: StatusMessage[]; at: number } | Flood

/** A device, or all senders of plain topics (null), named more than the bounds allow. */
export interface Flood {
  kind: 'flood'
  device: string | null
  at: number
}

export interface IntakeOptions {
  session: MqttSession
  parser: Parser
  trace: PacketTrace
  commit: {
    /** @returns resolves when it is stored; undefined: there is nothing to wait for */
    add(message: Checked, acknowledged?: boolean): Promise<void> | undefined
    /** Commits what waits, now. */
    flush(): void
  }
  /** Admits what a message names; returns why it is refused. */
  admit(message: Message): Refusal | null
  /** Shows a reading on the page at once. */
  show(reading: Reading): void
  /** True if a record brings the readings of this topic. */
  isRecorded(topic: string): boolean
  /** True if a reading changes no alert. */
  isCalm(reading: Reading): boolean
  /** True if nothing is known of a reading's topic yet. */
  isNew(reading: Reading): boolean
  /** Home Assistant says that it has started. */
  birth: { topic: string; born(): void }
  /** Receives the packets of foreign devices. */
  foreign: Pick<ForeignIntake, 'wants' | 'take'>
  /** True for an empty retained message of our own that clears a topic. */
  isOwnClearing(topic: string, payload: Buffer): boolean
  /** The monitor has connected (again). */
  onConnected(): void
  now(): number
  log: Log
}

const never = new Promise<void>(() => {})

/** Receives packets: parses them, defers first messages of new topics, and passes on what is to be stored. */
export function startIntake({
  session,
  parser,
  trace,
  commit,
  admit,
  show,
  isNew,
  isRecorded,
  isCalm,
  birth,
  foreign,
  isOwnClearing,
  onConnected,
  now,
  log,
}: IntakeOptions) {
  const newTopics = deferNewTopics(isNew, commit.add, () => session.listeningSince !== null)
  const isClockUnset = guardUnsetClock(log)
  const queuedStatuses = new Map<string, StatusMessage>()
  const isFloodDue = oncePerMinute()
  let closing = false

  function take(packet: Packet, late: boolean, trace: Trace | undefined): Promise<void> | undefined {
    if (isOwnClearing(packet.topic, packet.payload)) return void trace?.('clearing')
    if (packet.topic === birth.topic && !packet.retain && packet.payload.toString() === 'online') birth.born()
    if (foreign.wants(packet.topic)) return foreign.take(packet, late, trace)
    const message = parser.read(packet, now(), late, trace)
    if (message === null) return undefined
    const refusal = admit(message)
    if (refusal) return void refuse(message, refusal)
    if (message.kind === 'batch' && isClockUnset(message.batch, message.at)) return void trace?.('ahead')
    if (message.kind === 'reading') {
      trace?.(message.retained || message.late ? 'old' : 'shown')
      show(message)
    }
    if (message.retained && message.kind !== 'status' && message.kind !== 'info') return void trace?.('old')
    // Only the last status of a topic counts, once everything queued has arrived.
    if (message.late && message.kind === 'status') return void queuedStatuses.set(message.topic, message)
    const deferred = newTopics.defer(message)
    if (deferred === null) return commit.add(message, packet.qos > 0)
    trace?.('held')
    return deferred
  }

  function refuse({ topic, at, trace }: Message, { fault, device }: Refusal): void {
    parser.reject(
      topic,
      fault,
      fault === 'too-fast' ? 'the device sends too much; send it again later' : 'the sender named the most that are allowed',
      at,
      trace,
    )
    if (isFloodDue(device ?? '', at)) commit.add({ kind: 'flood', device, at })
  }

  const backlog = createBacklog({
    take: (packet, late) => trace.pass(packet, late, take),
    skip: trace.skip,
    lookUp: parser.lookUp,
    isRecorded,
    isCalm(packet) {
      const message = parser.read(packet, now(), false)
      return message?.kind !== 'reading' || isCalm(message)
    },
    log,
  })

  session.open({
    onPacket(packet, late) {
      // The broker redelivers a message that is not acknowledged; storing it now as well would create a duplicate. One of QoS 0
      // would wait in the backlog when the database is closed already.
      if (closing) return packet.qos > 0 ? never : undefined
      return backlog.add(packet, late)
    },
    onGreeting: trace.greet,
    onConnected,
    onCaughtUp: () =>
      backlog.afterAll(() => {
        commit.add({ kind: 'caught-up', statuses: [...queuedStatuses.values()], at: now() })
        queuedStatuses.clear()
      }),
  })

  return {
    /** Packets that were not processed since the start. */
    skipped: backlog.skipped,

    /** Stores deferred messages, acknowledges what is stored and ends the session. */
    close(): Promise<void> {
      closing = true
      backlog.flush()
      newTopics.close()
      commit.flush()
      return session.close()
    },
  }
}
