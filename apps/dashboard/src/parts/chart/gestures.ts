import type uPlot from 'uplot'

export interface GestureHandlers {
  onZoom(from: number, to: number): void
  onReset(): void
}

/** ms between two taps that are one double tap */
const quick = 350

/** True if the last pointer on the chart was a finger. */
export const isTouched = (over: HTMLElement): boolean => over.dataset.pointer === 'touch'

/**
 * Touch on a chart: one finger moves the cursor, two zoom and pan, a double tap resets the zoom. uPlot handles the mouse.
 * Vertical movement still scrolls the page.
 */
export function watchFingers(plot: uPlot, { onZoom, onReset }: GestureHandlers): void {
  const { over } = plot
  const fingers = new Map<number, number>()
  /** Times under the two fingers when the second one touched. */
  let grip: { times: [number, number] } | null = null
  let lastTap = Number.NEGATIVE_INFINITY
  let isPinched = false

  const at = (event: PointerEvent) => event.clientX - over.getBoundingClientRect().left
  const pair = () => [...fingers.values()].sort((a, b) => a - b) as [number, number]

  const remember = ({ pointerType }: PointerEvent) => {
    over.dataset.pointer = pointerType
  }
  over.addEventListener('pointerenter', remember)
  over.addEventListener('pointerdown', (event) => {
    remember(event)
    if (event.pointerType !== 'touch') return
    fingers.set(event.pointerId, at(event))
    if (fingers.size === 1) {
      isPinched = false
      plot.setCursor({ left: at(event), top: 10 })
    }
    if (fingers.size === 2) {
      const [a, b] = pair()
      grip = { times: [plot.posToVal(a, 'x'), plot.posToVal(b, 'x')] }
      isPinched = true
    }
  })
  over.addEventListener('pointermove', (event) => {
    if (!fingers.has(event.pointerId)) return
    fingers.set(event.pointerId, at(event))
    if (fingers.size === 1 && !isPinched) plot.setCursor({ left: at(event), top: 10 })
    if (fingers.size === 2 && grip !== null) {
      const [a, b] = pair()
      const perPixel = (grip.times[1] - grip.times[0]) / Math.max(b - a, 20)
      const from = grip.times[0] - a * perPixel
      onZoom(from, from + over.clientWidth * perPixel)
    }
  })
  const lift = (event: PointerEvent) => {
    if (!fingers.delete(event.pointerId)) return
    if (fingers.size < 2) grip = null
    if (event.type !== 'pointerup' || isPinched || fingers.size > 0) return
    if (event.timeStamp - lastTap < quick) onReset()
    lastTap = event.timeStamp
  }
  over.addEventListener('pointerup', lift)
  over.addEventListener('pointercancel', lift)
}
