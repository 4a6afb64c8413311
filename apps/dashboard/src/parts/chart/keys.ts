import type uPlot from 'uplot'

/** Arrow keys move the cursor from point to point; Escape resets the zoom. */
export function watchKeys(box: HTMLElement, plot: uPlot, { onReset }: { onReset(): void }): void {
  box.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') return onReset()
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -20, PageDown: 20 }[event.key]
    const count = plot.data[0].length
    if ((step === undefined && event.key !== 'Home' && event.key !== 'End') || count === 0) return
    event.preventDefault()
    const { idx, left = -1 } = plot.cursor
    const from = left < 0 || idx == null ? (step !== undefined && step < 0 ? count : -1) : idx
    const to = event.key === 'Home' ? 0 : event.key === 'End' ? count - 1 : from + (step ?? 0)
    const index = Math.min(Math.max(to, 0), count - 1)
    plot.setCursor({ left: plot.valToPos(plot.data[0][index] ?? 0, 'x'), top: 10 })
  })
  box.addEventListener('blur', () => plot.setCursor({ left: -10, top: -10 }))
}
