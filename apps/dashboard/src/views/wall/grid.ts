/** Smallest tile whose figure is read from three metres on a tablet of 10 inches, px. More tiles than fit are scrolled to. */
const least = { width: 300, height: 170 }
/** A tile is about so many times as wide as high. */
const shape = 1.35

/** The number of columns in which tiles are largest. Sizes in px. */
export function columnsFor(tiles: number, width: number, height: number): number {
  // A phone has two columns, too.
  const most = Math.max(1, Math.min(tiles, Math.floor(width / Math.min(least.width, width / 2))))
  let best = { columns: 1, size: 0 }
  for (let columns = 1; columns <= most; columns += 1) {
    const rows = Math.ceil(tiles / columns)
    const size = Math.min(width / columns / shape, height / rows)
    // If not all fit, more columns show more of them.
    if (size >= best.size || height / rows < least.height) best = { columns, size }
  }
  return best.columns
}
