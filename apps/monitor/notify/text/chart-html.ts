import { type Chart, heightOf, isBeyond } from './chart.ts'
import { faint, html, small } from './html.ts'
import type { Block } from './page.ts'

/** Rows of the drawing; each is `thickness` px high. */
const rows = 20
const thickness = 4
/** Readable on white and on black. */
const line = '#5b7c8d'
const limitLine = '#d32f2f'

/** Draws a line as cells of a table with the limit across, because mail programs show neither SVG nor external images. */
export function chartHtml({ chart, title, from, to, ends, limit }: Extract<Block, { kind: 'chart' }>, beyond: string): string {
  const [low, high] = ends
  const label = `padding:0 6px 0 0;text-align:right;white-space:nowrap;width:1px;${small}`
  return `<p class="${faint}" style="margin:20px 0 6px;${small}">${html(title)}</p>
<table role="presentation" cellpadding="0" cellspacing="0" style="border-collapse:collapse;width:100%;max-width:460px;margin:0 0 16px">
<tr><td class="${faint}" valign="top" style="${label};line-height:1">${html(high)}</td><td rowspan="2">${drawing(chart, beyond)}</td></tr>
<tr><td class="${faint}" valign="bottom" style="${label};line-height:1">${html(low)}</td></tr>
<tr><td></td><td style="padding-top:4px"><table role="presentation" cellpadding="0" cellspacing="0" style="border-collapse:collapse;width:100%"><tr>
<td class="${faint}" style="text-align:left;${small}">${html(from)}</td><td class="${faint}" style="text-align:center;${small}">${limit === '' ? '' : `<span style="color:${limitLine}">┄┄</span> ${html(limit)}`}</td><td class="${faint}" style="text-align:right;${small}">${html(to)}</td>
</tr></table></td></tr>
</table>`
}

function drawing(chart: Chart, beyond: string): string {
  const cells = cellsOf(chart, beyond)
  const bound = chart.limit.above ?? chart.limit.below
  const ruleAbove = bound === null ? -1 : Math.min(rows - 1, rows - Math.round(heightOf(chart, bound) * rows))
  const body = cells.map((row, i) => {
    const rule = i === ruleAbove ? ` style="border-top:1px dashed ${limitLine}"` : ''
    const runs = runsOf(row).map(
      ({ colour, length }) => `<td colspan="${length}"${colour === '' ? '' : ` bgcolor="${colour}"`}${rule}></td>`,
    )
    return `<tr height="${thickness}" style="height:${thickness}px">${runs.join('')}</tr>`
  })
  return `<table role="presentation" cellpadding="0" cellspacing="0" style="border-collapse:collapse;table-layout:fixed;width:100%;font-size:0;line-height:0">
${body.join('\n')}
</table>`
}

/** The colour of each cell, from the top; empty: none. Neighbouring columns are joined, so that it reads as a line. */
function cellsOf(chart: Chart, beyond: string): string[][] {
  const cells: string[][] = Array.from({ length: rows }, () => chart.columns.map(() => ''))
  const { low, high } = chart.axis
  let before: number | null = null
  for (const [column, value] of chart.columns.entries()) {
    if (value === null) {
      before = null
      continue
    }
    const row = Math.min(rows - 1, Math.floor(heightOf(chart, value) * rows))
    const [bottom, top] = before === null ? [row, row] : [Math.min(row, before), Math.max(row, before)]
    for (let at = bottom; at <= top; at += 1) {
      const amount = at === row ? value : low + ((at + 0.5) / rows) * (high - low)
      if (at !== before || at === row) (cells[rows - 1 - at] as string[])[column] = isBeyond(amount, chart.limit) ? beyond : line
    }
    before = row
  }
  return cells
}

function runsOf(row: readonly string[]): { colour: string; length: number }[] {
  const runs: { colour: string; length: number }[] = []
  for (const colour of row) {
    const last = runs.at(-1)
    if (last?.colour === colour) last.length += 1
    else runs.push({ colour, length: 1 })
  }
  return runs
}
