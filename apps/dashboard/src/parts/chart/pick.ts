import type uPlot from 'uplot'

/** px that a press may move and still be a click */
const still = 4

/** Rounds to a step that one can point at: about a fiftieth of the axis. */
export function rounded(value: number, range: number): number {
  const step = 10 ** Math.floor(Math.log10(Math.max(range, 1e-9) / 25))
  // Division by a whole number, because 0.1 is none in binary.
  return step < 1 ? Math.round(value / step) / Math.round(1 / step) : Math.round(value / step) * step
}

/** Calls `onPick` with the value and the time at a click or a tap, or at the cursor when Enter is pressed. */
export function watchPicks(box: HTMLElement, plot: uPlot, { onPick }: { onPick(value: number, time: number): void }): void {
  const pick = (value: number, time: number) => {
    const { min = 0, max = 0 } = plot.scales.y ?? {}
    onPick(rounded(value, (max ?? 0) - (min ?? 0)), time)
  }
  let start = { x: 0, y: 0 }
  plot.over.addEventListener('pointerdown', ({ clientX: x, clientY: y }) => {
    start = { x, y }
  })
  plot.over.addEventListener('click', ({ clientX, clientY }) => {
    if (Math.hypot(clientX - start.x, clientY - start.y) > still) return
    const { top, left } = plot.over.getBoundingClientRect()
    pick(plot.posToVal(clientY - top, 'y'), plot.posToVal(clientX - left, 'x'))
  })
  box.addEventListener('keydown', ({ key }) => {
    const index = plot.cursor.idx ?? -1
    const [time, value] = [plot.data[0]?.[index], plot.data[1]?.[index]]
    if (key === 'Enter' && value != null && time !== undefined) pick(value, time)
  })
}
