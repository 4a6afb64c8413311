/** True if `outer` matches every topic that `inner` matches. */
export function covers(outer: string, inner: string): boolean {
  const [above, below] = [outer.split('/'), inner.split('/')]
  // A wildcard on the first level does not match topics of the broker itself.
  if (inner.startsWith('$') && !outer.startsWith('$')) return false
  for (const [i, level] of above.entries()) {
    if (level === '#') return true
    const other = below[i]
    if (other === undefined || other === '#' || (level !== '+' && level !== other)) return false
  }
  return above.length === below.length
}

/** True if some topic matches both filters. */
export function overlaps(one: string, other: string): boolean {
  const [a, b] = [one.split('/'), other.split('/')]
  if (one.startsWith('$') !== other.startsWith('$')) return false
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    // `a/#` matches `a` as well.
    if (a[i] === '#' || b[i] === '#') return true
    if (a[i] === undefined || b[i] === undefined) return false
    if (a[i] !== '+' && b[i] !== '+' && a[i] !== b[i]) return false
  }
  return true
}
