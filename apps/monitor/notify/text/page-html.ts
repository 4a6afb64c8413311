import { type Chart, heights, isBeyond } from './chart.ts'
import type { Block, Frame, Page } from './page.ts'
import { plainly, html as safe } from './text.ts'

/** Colours that are readable on white and on black. */
const colours = { alarm: '#d32f2f', warning: '#c26401', resolved: '#2e8b3d', calm: '#1f7bc9' }
const font = "font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans TC','PingFang TC','Microsoft JhengHei',sans-serif"
const faint = 'color:#7a7a7a'
const small = `font-size:13px;${faint}`
const cell = 'padding:4px 12px 4px 0;vertical-align:top;text-align:left;word-break:keep-all'
const number = 'padding:4px 0 4px 6px;text-align:right;white-space:nowrap;vertical-align:top'
/** Wide enough for the names of known quantities. */
const name = `${cell};padding-right:4px;min-width:84px`
const subtitle = 'font-size:16px;margin:20px 0 8px'

/** A number and its unit stay on one line. */
const html = (text: string) => safe(text).replace(/(\d) (?=(?:°C|hPa|ppm|lx|V|W|days?|h|min|s)(?![\p{L}\p{N}]))/gu, '$1\u00a0')

/** HTML without images, scripts or external content; without a background, so that dark mode works. */
export function layHtml({ title, heading = title, tone, blocks }: Page, { language, links, footer }: Frame): string {
  const colour = colours[tone]
  const button = (i: number) =>
    `display:inline-block;margin:0 8px 8px 0;padding:9px 16px;border-radius:6px;text-decoration:none;${i === 0 ? `border:1px solid ${colour};background:${colour};color:#fff` : `border:1px solid ${colours.calm};color:${colours.calm}`}`
  const buttons = links.map(({ address, label }, i) => `<a href="${html(address)}" style="${button(i)}">${html(label)}</a>`)
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>${html(plainly(title))}</title></head>
<body style="margin:0;padding:16px;${font}"><div style="max-width:560px;margin:0 auto;overflow-wrap:anywhere">
<h1 style="font-size:20px;line-height:1.3;margin:0 0 16px;padding-left:12px;border-left:5px solid ${colour}">${html(heading)}</h1>
${blocks.map((block) => htmlOf(block, tone === 'warning' ? colours.warning : colours.alarm)).join('\n')}
${buttons.length === 0 ? '' : `<p style="margin:24px 0 16px">${buttons.join('')}</p>\n`}<p style="margin:24px 0 0;${small}">${footer.map(html).join('<br>')}</p>
</div></body></html>
`
}

/** @param beyond colour of columns beyond a limit */
function htmlOf(block: Block, beyond: string): string {
  switch (block.kind) {
    case 'line':
      return `<p style="margin:0 0 16px">${html(block.text)}</p>`
    case 'facts': {
      const rows = block.facts.map(
        ([label, text]) =>
          `<tr><td style="${cell};white-space:nowrap;${faint}">${html(label)}</td><td style="${cell}">${html(text)}</td></tr>`,
      )
      return `<table style="border-collapse:collapse;${font}">\n${rows.join('\n')}\n</table>`
    }
    case 'chart':
      return chartOf(block, beyond)
    case 'list': {
      const title = block.title === undefined ? '' : `<h2 style="${subtitle}">${html(block.title)}</h2>\n`
      const items = block.items.map(
        ([when, text]) =>
          `<p style="margin:0 0 12px">${html(text)}${when === '' ? '' : `<br><span style="${small}">${html(when)}</span>`}</p>`,
      )
      return `${title}${items.join('\n')}`
    }
    case 'compact': {
      const groups = block.groups.map(({ title, items }) => {
        const lines = items.map(
          ([when, text]) =>
            `<tr><td style="padding:1px 10px 1px 0;vertical-align:baseline;white-space:nowrap;${small}">${html(when)}</td><td style="padding:1px 0;vertical-align:baseline">${html(text)}</td></tr>`,
        )
        return `<tr><th colspan="2" style="text-align:left;padding:10px 0 2px">${html(title)}</th></tr>\n${lines.join('\n')}`
      })
      return `<table style="border-collapse:collapse;font-size:15px;line-height:1.4">\n${groups.join('\n')}\n</table>`
    }
    case 'table': {
      const head = block.head.map((label, i) => `<th style="${i === 0 ? name : number};font-weight:normal;${small}">${html(label)}</th>`)
      const groups = block.groups.map(({ title, rows, note }) => {
        const lines = rows.map(
          (row) => `<tr>${row.map((text, i) => `<td style="${i === 0 ? name : number}">${html(text)}</td>`).join('')}</tr>`,
        )
        if (note !== undefined)
          lines.push(`<tr><td colspan="${block.head.length}" style="padding:0 0 4px;${small}">${html(note)}</td></tr>`)
        return `<tr><th colspan="${block.head.length}" style="${cell};padding-top:12px">${html(title)}</th></tr>\n${lines.join('\n')}`
      })
      return `<table style="border-collapse:collapse;width:100%;margin:0 0 16px;font-size:14px">\n<tr>${head.join('')}</tr>\n${groups.join('\n')}\n</table>`
    }
  }
}

const chartHeight = 56

/** Draws columns as table cells, because mail programs show neither SVG nor external images. */
function chartOf({ chart, title, from, to }: Extract<Block, { kind: 'chart' }>, beyond: string): string {
  const bars = heights(chart).map((height, i) => bar(chart, height, chart.columns[i] ?? null, beyond))
  const half = Math.floor(chart.columns.length / 2)
  return `<p style="margin:20px 0 6px;${small}">${html(title)}</p>
<table role="presentation" cellpadding="0" cellspacing="0" style="border-collapse:collapse;table-layout:fixed;width:100%;max-width:420px;margin:0 0 16px">
<tr>${bars.join('')}</tr>
<tr><td colspan="${half}" style="padding-top:4px;text-align:left;${small}">${html(from)}</td><td colspan="${chart.columns.length - half}" style="padding-top:4px;text-align:right;${small}">${html(to)}</td></tr>
</table>`
}

function bar({ limit }: Chart, height: number | null, value: number | null, beyond: string): string {
  const open = `<td style="height:${chartHeight}px;padding:0 1px 0 0;vertical-align:bottom">`
  if (height === null || value === null) return `${open}</td>`
  const fill = isBeyond(value, limit) ? beyond : '#8fa3ad'
  return `${open}<div style="height:${Math.round(height * chartHeight)}px;background:${fill};font-size:0;line-height:0">&nbsp;</div></td>`
}
