import type { Line } from '../../parts/chart/props.ts'

/** Quotes a CSV cell; text that a spreadsheet would read as a formula gets an apostrophe. */
const cell = (text: string) => {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** The shown points as CSV: times in UTC, values in the unit of the API. */
export function csvOf(lines: readonly Line[], quantity: string, unit: string): string {
  const rows = lines.flatMap(({ label, points, resolution }) =>
    points.map(([time, min, mean, max, count]) =>
      [cell(label), cell(quantity), cell(unit), new Date(time).toISOString(), resolution, min, mean, max, count].join(','),
    ),
  )
  return `${['series,quantity,unit,time,resolution_ms,min,mean,max,count', ...rows].join('\n')}\n`
}

/** The chart as a picture with a title. */
export function pictureOf(chart: HTMLCanvasElement, title: string, colours: { ground: string; text: string }): HTMLCanvasElement {
  const scale = devicePixelRatio
  const head = 44 * scale
  const edge = 12 * scale
  const picture = document.createElement('canvas')
  picture.width = chart.width + 2 * edge
  picture.height = chart.height + head + edge
  const ctx = picture.getContext('2d')
  if (ctx === null) return picture
  ctx.fillStyle = colours.ground
  ctx.fillRect(0, 0, picture.width, picture.height)
  ctx.fillStyle = colours.text
  ctx.font = `600 ${16 * scale}px system-ui, sans-serif`
  ctx.textBaseline = 'middle'
  ctx.fillText(title, edge + 8 * scale, head / 2 + 2 * scale, picture.width - 2 * edge)
  ctx.drawImage(chart, edge, head)
  return picture
}

/** Saves a file. The name comes from outside, so characters of paths are replaced. */
export function save(content: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name.replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 100)
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
