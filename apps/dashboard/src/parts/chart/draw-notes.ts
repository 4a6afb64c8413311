import type uPlot from 'uplot'
import type { ChartState } from './props.ts'

/** Rows of texts at the top of the chart; a text without space is in the list below the charts only. */
const rows = 3
/** Widest text, px */
const widest = 180

/** Draws the notes of people: a line at their time, with the text beside it. Coordinates in device pixels. */
export function drawNotes(plot: uPlot, { props, colours }: ChartState): void {
  const { ctx, bbox } = plot
  const px = devicePixelRatio
  const [left, right] = [bbox.left, bbox.left + bbox.width]
  const ends: number[] = new Array(rows).fill(Number.NEGATIVE_INFINITY)
  ctx.textAlign = 'left'
  ctx.textBaseline = 'top'
  for (const { time, text } of props.notes ?? []) {
    const x = Math.round(plot.valToPos(time, 'x', true))
    if (x < left || x > right) continue
    ctx.strokeStyle = colours.text
    ctx.lineWidth = px
    ctx.setLineDash([2 * px, 3 * px])
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    ctx.fillStyle = colours.text
    ctx.beginPath()
    ctx.moveTo(x - 4 * px, bbox.top)
    ctx.lineTo(x + 4 * px, bbox.top)
    ctx.lineTo(x, bbox.top + 6 * px)
    ctx.fill()
    const shown = fitted(ctx, text, Math.min(widest * px, bbox.width / 2))
    const width = ctx.measureText(shown).width
    // At the right edge the text stands before its line.
    const from = x + 6 * px + width > right ? x - 6 * px - width : x + 6 * px
    const row = ends.findIndex((end) => end < from)
    if (row < 0 || from < left) continue
    const y = bbox.top + (4 + row * 16) * px
    ctx.fillStyle = colours.card
    ctx.globalAlpha = 0.8
    ctx.fillRect(from - 2 * px, y - px, width + 4 * px, 15 * px)
    ctx.globalAlpha = 1
    ctx.fillStyle = colours.text
    ctx.fillText(shown, from, y)
    ends[row] = Math.max(from + width, x) + 6 * px
  }
}

/** The text, cut with an ellipsis to this width. */
function fitted(ctx: CanvasRenderingContext2D, text: string, most: number): string {
  if (ctx.measureText(text).width <= most) return text
  const letters = [...text]
  while (letters.length > 1 && ctx.measureText(`${letters.join('')}…`).width > most) letters.pop()
  return `${letters.join('')}…`
}
