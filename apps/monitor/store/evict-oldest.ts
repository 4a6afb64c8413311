/**
 * Removes the oldest entries of a cache until it has room for one more. A cache that is emptied as a whole misses everything
 * at once, again and again, if it is a little too small.
 * @param most entries
 */
export function evictOldest<Key>(cache: Map<Key, unknown>, most: number): void {
  for (const oldest of cache.keys()) {
    if (cache.size < most) return
    cache.delete(oldest)
  }
}
