import type { Message } from './parse.ts'

/** How long the first readings of a new topic wait for somebody to claim it. ms */
const wait = 2000

type Reading = Extract<Message, { kind: 'reading' }>
/** What a room says. */
type Said = Extract<Message, { kind: 'reading' | 'text' }>
/** What has waited: the record may have told more of the device meanwhile. */
export type Held = Said & { held: true }

export interface Hold {
  /**
   * Whether this has to wait. It is handed on, in order with what the room says meanwhile, when it has waited enough.
   * @returns resolves when it is kept; null: it need not wait
   */
  take(message: Message): Promise<void> | null
  /** Hands on everything that waits. */
  close(): void
}

/**
 * A topic that nobody has ever sent on may belong to a device that keeps a record and whose `info` is still on its way:
 * kept at once, its reading would become a row twice.
 * @param isNew whether nothing is known of a reading's topic yet
 * @param keep hands it on
 * @param canHear whether everything that we listen to can reach us: with a session that the broker has kept, readings
 *   come before we have subscribed and been told who is there
 */
export function deferNewTopics(
  isNew: (reading: Reading) => boolean,
  keep: (message: Held) => Promise<void> | undefined,
  canHear: () => boolean,
): Hold {
  const rooms = new Map<string, { said: Said[]; timer: NodeJS.Timeout; kept: PromiseWithResolvers<void> }>()

  function release(room: string): void {
    const held = rooms.get(room)
    if (held === undefined) return
    clearTimeout(held.timer)
    rooms.delete(room)
    held.kept.resolve(Promise.all(held.said.map((said) => keep({ ...said, held: true }))).then(() => {}))
  }

  function review(room: string): void {
    const held = rooms.get(room)
    if (held === undefined) return
    if (canHear()) release(room)
    else held.timer = setTimeout(review, wait, room)
  }

  return {
    take(message) {
      if (message.kind !== 'reading' && message.kind !== 'text') return null
      let held = rooms.get(message.room)
      if (held === undefined) {
        // What had waited at the broker was sent by somebody without a record: ours say their readings at QoS 0.
        if (message.kind !== 'reading' || message.late || !isNew(message)) return null
        held = { said: [], timer: setTimeout(review, wait, message.room), kept: Promise.withResolvers() }
        rooms.set(message.room, held)
      }
      held.said.push(message)
      return held.kept.promise
    },
    close() {
      for (const room of [...rooms.keys()]) release(room)
    },
  }
}
