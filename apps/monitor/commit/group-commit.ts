/** How many acknowledgements may wait before they are worth a commit: a broker's usual window. */
const window = 20
/** ms between two tries while the disk says no. */
const retryAfter = 1000
/** How long what is remembered may wait for another commit that takes it along. ms */
const idle = 30_000

export interface GroupCommit<T> {
  /**
   * Hands over something to be kept.
   * @param urgent not to wait for others
   * @param acknowledged somebody waits for the answer
   * @returns resolves after the commit that keeps it; the same promise for everything in one commit
   */
  add(item: T, urgent: boolean, acknowledged: boolean): Promise<void>
  /**
   * Takes something along with the next commit that is in memory already, and costs nothing if it is lost: whatever that
   * commit writes has it. It is kept again only where a commit fails, because memory goes back then.
   */
  remember(item: T): void
  /** How many wait. */
  readonly waiting: number
  /** Why the last commit failed; empty while all is well. */
  readonly trouble: string
  /** Commits what waits, now. */
  flush(): void
  /** The same, and stops. */
  close(): void
}

/**
 * Gathers what comes together into one transaction: at once when the last commit is longer than `interval` ms ago,
 * when something is urgent or when many wait for an acknowledgement; else after `interval`.
 * @param keep the transaction; when it throws nothing has been kept
 * @param isOutsideTrouble whether to try again (a full disk); anything else is a bug of ours and is thrown
 */
export function groupCommit<T>(
  keep: (items: readonly T[]) => void,
  {
    interval,
    now,
    isOutsideTrouble,
    onTrouble,
  }: { interval: number; now: () => number; isOutsideTrouble: (error: unknown) => boolean; onTrouble: (why: string) => void },
): GroupCommit<T> {
  let items: T[] = []
  let batch = Promise.withResolvers<void>()
  let acknowledgements = 0
  let last = Number.NEGATIVE_INFINITY
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
    try {
      keep(items)
    } catch (error) {
      if (!isOutsideTrouble(error)) throw error
      const why = (error as Error).message
      if (trouble !== why) onTrouble(why)
      trouble = why
      items.unshift(...remembered.splice(0))
      later = setTimeout(commit, retryAfter)
      return
    }
    trouble = ''
    last = now()
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
        // Not here and now, but after the packets that came in the same chunk: they go into the same commit.
        if (urgent || acknowledgements >= window || passed >= interval || passed < 0) soon = setImmediate(commit)
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
