/** One page of a sorted list of names. */
export interface Page {
  names: readonly string[]
  /** The cursor of the next page; null: there is none. */
  next: string | null
  /** Number of names on all pages. */
  found: number
}

/**
 * Cuts a page out of a sorted list. A cursor is a place in the order, not a number of names. So no name is missing or twice if
 * others come or go between two pages.
 * @param isBehind true for the names behind the cursor; false: the page is the first
 */
export function cutPage(
  sorted: readonly string[],
  limit: number,
  isBehind: false | ((name: string) => boolean),
  cursorOf = (name: string) => name,
): Page {
  let [start, end] = [0, isBehind ? sorted.length : 0]
  while (isBehind && start < end) {
    const middle = (start + end) >> 1
    if (isBehind(sorted[middle] as string)) end = middle
    else start = middle + 1
  }
  const names = sorted.slice(start, start + limit)
  const last = names.at(-1)
  return { names, next: last !== undefined && start + limit < sorted.length ? cursorOf(last) : null, found: sorted.length }
}
