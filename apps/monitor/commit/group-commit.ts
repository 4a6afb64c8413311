/**
 * A commit happens at once when this many messages wait for an acknowledgement. A broker sends no more than its window without
 * one, which is 10 for RabbitMQ, 20 for Mosquitto and 100 for AWS IoT Core. A smaller number here would cost more commits.
 */
const window = 8
/** A commit happens at once when this many items wait: a larger one would hold up pages and packets for tens of ms. */
const large = 100
/** Such commits take at most this part of the time, so that a slow disk gets fewer and larger ones. */
const share = 0.2
/** Time between two attempts while the disk refuses writes. ms */
const retryAfter = 1000
/** How long a remembered item may wait for another commit. ms */
const idle = 30_000

export interface GroupCommit<T> {
  /**
   * Adds an item to the next commit.
   * @param urgent the commit does not wait for more items
   * @param acknowledged a sender waits for the acknowledgement
   * @returns resolves after the commit; the same promise for every item of one commit
   */
  add(item: T, urgent: boolean, acknowledged: boolean): Promise<void>
  /**
   * Adds an item that is already applied in memory to the next commit. Losing it is harmless. It is applied again only if
   * a commit fails, because memory is reset then.
   */
  remember(item: T): void
  /** Number of items that wait. */
  readonly waiting: number
  /** Why the last commit failed; empty while all is well. */
  readonly trouble: string
  /** Commits what waits, now. */
  flush(): void
  /** The same, and stops. */
  close(): void
}

/**
 * Gathers items into one transaction, which commits after `interval` ms. It commits at once if none happened within the last
 * `interval` ms, if an item is urgent, or if many items or senders wait.
 * @param transaction stores the items; if it throws, nothing is stored
 * @param isOutsideTrouble true if the commit is to be tried again (a full disk); any other error is a bug and is thrown
 * @param mayRetry false: after a failure the next try waits; it is asked each second
 */
export function groupCommit<T>(
  transaction: (items: readonly T[]) => void,
  {
    interval,
    now,
    isOutsideTrouble,
    mayRetry = () => true,
    onFailed = () => {},
    onTrouble,
    onWell = () => {},
  }: {
    interval: number
    now: () => number
    isOutsideTrouble: (error: unknown) => boolean
    mayRetry?: () => boolean
    /** Called after each failure. */
    onFailed?: (error: unknown) => void
    /** Called for each new reason. */
    onTrouble: (why: string) => void
    onWell?: (stored: number) => void
  },
): GroupCommit<T> {
  let items: T[] = []
  let batch = Promise.withResolvers<void>()
  let acknowledgements = 0
  let last = Number.NEGATIVE_INFINITY
  /** Duration of the last commit, ms. */
  let took = 0
  let trouble = ''
  let soon: NodeJS.Immediate | undefined
  let later: NodeJS.Timeout | undefined
  let remembered: T[] = []
  let someDay: NodeJS.Timeout | undefined

  function commit(): void {
    clearImmediate(soon)
    clearTimeout(later)
    clearTimeout(someDay)
    soon = later = someDay = undefined
    if (items.length === 0 && remembered.length === 0) return
    if (trouble !== '' && !mayRetry()) {
      later = setTimeout(commit, retryAfter)
      return
    }
    const begun = performance.now()
    try {
      transaction(items)
    } catch (error) {
      if (!isOutsideTrouble(error)) throw error
      const why = (error as Error).message
      if (trouble !== why) onTrouble(why)
      onFailed(error)
      trouble = why
      items.unshift(...remembered.splice(0))
      later = setTimeout(commit, retryAfter)
      return
    }
    if (trouble !== '') onWell(items.length)
    trouble = ''
    last = now()
    took = performance.now() - begun
    items = []
    remembered = []
    acknowledgements = 0
    batch.resolve()
    batch = Promise.withResolvers<void>()
  }

  return {
    add(item, urgent, acknowledged) {
      items.push(item)
      if (acknowledged) acknowledgements += 1
      if (trouble === '' && soon === undefined) {
        const passed = now() - last
        // After the packets of the same chunk from the socket: they go into the same commit.
        const isLarge = items.length >= large && passed >= took / share
        if (urgent || acknowledgements >= window || isLarge || passed >= interval || passed < 0) soon = setImmediate(commit)
        else later ??= setTimeout(commit, interval - passed)
      }
      return batch.promise
    },
    remember(item) {
      remembered.push(item)
      someDay ??= setTimeout(commit, idle)
    },
    get waiting() {
      return items.length
    },
    get trouble() {
      return trouble
    },
    flush: commit,
    close() {
      commit()
      clearTimeout(later)
      clearTimeout(someDay)
    },
  }
}
