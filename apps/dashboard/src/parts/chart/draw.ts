import type uPlot from 'uplot'
import { faint } from './colours.ts'
import { drawNotes } from './draw-notes.ts'
import { pauses } from './points.ts'
import type { ChartState } from './props.ts'

/** Draws gaps and alerts behind the lines. */
export function drawBehind(plot: uPlot, { props, colours }: ChartState): void {
  const { ctx, bbox } = plot
  ctx.save()
  clip(plot)
  const main = props.lines[0]
  for (const [from, to] of main ? pauses(main, Math.min(props.to, props.now ?? 0)) : []) {
    const [left, width] = place(plot, from, to)
    // A narrower gap is visible as an interruption of the line.
    if (width > 6 * devicePixelRatio) hatch(ctx, left, bbox.top, width, bbox.height, faint(colours.quiet, 0.25))
  }
  for (const { from, to, severity } of props.spans ?? []) {
    const [left, width] = place(plot, from, to)
    ctx.fillStyle = faint(colours[severity], 0.13)
    ctx.fillRect(left, bbox.top, Math.max(width, 2), bbox.height)
    ctx.fillStyle = colours[severity]
    ctx.fillRect(left, bbox.top, Math.max(width, 2 * devicePixelRatio), 3 * devicePixelRatio)
  }
  ctx.restore()
}

/** Draws the limits of rules and the notes above the lines. */
export function drawAbove(plot: uPlot, state: ChartState): void {
  const { props, colours } = state
  const { ctx, bbox } = plot
  ctx.save()
  clip(plot)
  ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`
  ctx.textAlign = 'right'
  for (const { shown, text, severity } of props.limits ?? []) {
    const y = Math.round(plot.valToPos(shown, 'y', true))
    if (y < bbox.top || y > bbox.top + bbox.height) continue
    ctx.strokeStyle = colours[severity]
    ctx.lineWidth = devicePixelRatio
    ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio])
    ctx.beginPath()
    ctx.moveTo(bbox.left, y)
    ctx.lineTo(bbox.left + bbox.width, y)
    ctx.stroke()
    ctx.fillStyle = colours[severity]
    const isHigh = y - bbox.top < 18 * devicePixelRatio
    ctx.textBaseline = isHigh ? 'top' : 'bottom'
    ctx.fillText(text, bbox.left + bbox.width - 6 * devicePixelRatio, y + (isHigh ? 4 : -3) * devicePixelRatio, bbox.width / 2)
  }
  drawNotes(plot, state)
  ctx.restore()
}

function clip({ ctx, bbox }: uPlot): void {
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
}

function place(plot: uPlot, from: number, to: number): [left: number, width: number] {
  const { left: start, width: all } = plot.bbox
  const clamped = (time: number) => Math.min(Math.max(plot.valToPos(time, 'x', true), start - 4), start + all + 4)
  const left = clamped(from)
  return [left, clamped(to) - left]
}

function hatch(ctx: CanvasRenderingContext2D, left: number, top: number, width: number, height: number, colour: string): void {
  const step = 7 * devicePixelRatio
  ctx.save()
  ctx.beginPath()
  ctx.rect(left, top, width, height)
  ctx.clip()
  ctx.strokeStyle = colour
  ctx.lineWidth = devicePixelRatio
  ctx.beginPath()
  for (let x = left - (left % step) - height; x < left + width; x += step) {
    ctx.moveTo(x, top + height)
    ctx.lineTo(x + height, top)
  }
  ctx.stroke()
  ctx.restore()
}
