import type { Colours } from '../../parts/chart/colours.ts'
import { faint } from '../../parts/chart/colours.ts'
import type { Sign } from '../../parts/chart/legend.ts'

/** An entry of the legend: a line of the chart, or a sign in it. */
export type LegendEntry = { text: string } & ({ line: number } | { sign: Sign })

export interface Picture {
  chart: HTMLCanvasElement
  title: string
  legend: readonly LegendEntry[]
  colours: Colours
}

const lineColours = ['line-1', 'line-2', 'line-3', 'line-4'] as const
/** Heights and widths in CSS pixels */
const [edge, titleHeight, legendHeight, swatch] = [12, 34, 22, 18]

/** The chart as a picture with a title, and with a legend below it. */
export function pictureOf({ chart, title, legend, colours }: Picture): HTMLCanvasElement {
  const scale = devicePixelRatio
  const picture = document.createElement('canvas')
  picture.width = chart.width + 2 * edge * scale
  picture.height = chart.height + (2 * edge + titleHeight + legend.length * legendHeight) * scale
  const ctx = picture.getContext('2d')
  if (ctx === null) return picture
  ctx.scale(scale, scale)
  const [width, height] = [picture.width / scale, chart.height / scale]
  ctx.fillStyle = colours.card
  ctx.fillRect(0, 0, width, picture.height / scale)
  ctx.fillStyle = colours.text
  ctx.textBaseline = 'middle'
  ctx.font = '600 16px system-ui, sans-serif'
  ctx.fillText(title, edge + 8, edge + titleHeight / 2, width - 2 * edge - 8)
  ctx.drawImage(chart, edge, edge + titleHeight, width - 2 * edge, height)
  ctx.font = '13px system-ui, sans-serif'
  for (const [i, entry] of legend.entries()) {
    const y = edge + titleHeight + height + legendHeight * (i + 0.5)
    drawSwatch(ctx, entry, y, colours)
    ctx.fillStyle = colours.text
    ctx.fillText(entry.text, edge + 16 + swatch, y, width - 2 * edge - 16 - swatch)
  }
  return picture
}

function drawSwatch(ctx: CanvasRenderingContext2D, entry: LegendEntry, y: number, colours: Colours): void {
  const x = edge + 8
  if ('line' in entry) {
    ctx.strokeStyle = colours[lineColours[entry.line] ?? 'quiet']
    ctx.lineWidth = 2
    ctx.setLineDash(entry.line === 0 ? [] : [6, 4])
    ctx.beginPath()
    ctx.moveTo(x, y)
    ctx.lineTo(x + swatch, y)
    ctx.stroke()
    return
  }
  const colour = colours[entry.sign === 'missing' ? 'quiet' : entry.sign]
  ctx.fillStyle = faint(colour, 0.25)
  ctx.fillRect(x, y - 5, swatch, 10)
  if (entry.sign === 'missing') return
  ctx.fillStyle = colour
  ctx.fillRect(x, y - 5, swatch, 3)
}

/** Saves a file. The name comes from outside, so characters of paths are replaced. */
export function save(content: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name.replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 100)
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
