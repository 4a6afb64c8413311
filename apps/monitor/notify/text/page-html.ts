import { chartHtml } from './chart-html.ts'
import { faint, html, small } from './html.ts'
import type { Block, Frame, Page } from './page.ts'
import { plainly, html as safe } from './text.ts'

/** Bars and graphics, visible on white and on black. */
const colours = { alarm: '#d32f2f', warning: '#c26401', resolved: '#2e8b3d', calm: '#1a6cb3' }
const font = "font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans TC','PingFang TC','Microsoft JhengHei',sans-serif"
const cell = 'padding:4px 12px 4px 0;vertical-align:top;text-align:left'
const number = 'padding:4px 0 4px 2px;text-align:right;white-space:nowrap;vertical-align:top'
/** Wide enough for the names of known quantities. */
const name = `${cell};padding-right:2px;min-width:80px;word-break:keep-all`
const subtitle = 'font-size:16px;margin:20px 0 8px'
const button = 'display:inline-block;margin:0 8px 8px 0;padding:9px 16px;border-radius:6px;text-decoration:none'

/** Colours for a dark background; the inline ones are for a white one. Every text has a contrast of 4.5 at least. */
const dark = '.faint{color:#a3a3a3!important}.action{background:#cfd8dc!important;color:#111!important}.open{color:#6db3f2!important}'

/** Keeps the text of the mail out of the preview, which would follow the hidden words. */
const padding = '&#8199;&#65279;&#847; '.repeat(40)

/** HTML without images, scripts or external content; without a background, so that dark mode works. */
export function layHtml(page: Page, { language, links, footer }: Frame): string {
  const { title, heading = title, tone, preview, linksFirst = false, blocks } = page
  const actions = links.map(({ address, label, isAction }) =>
    isAction
      ? `<a class="action" href="${safe(address)}" style="${button};border:1px solid #37474f;background:#37474f;color:#fff">${html(label)}</a>`
      : `<a class="open" href="${safe(address)}" style="${button};border:1px solid #1a6cb3;color:#1a6cb3">${html(label)}</a>`,
  )
  const buttons = actions.length === 0 ? '' : `<p style="margin:${linksFirst ? '0 0 8px' : '24px 0 16px'}">${actions.join('')}</p>\n`
  const body = blocks.map((block) => htmlOf(block, tone === 'warning' ? colours.warning : colours.alarm)).join('\n')
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>${safe(plainly(title))}</title><style>:root{color-scheme:light dark}@media (prefers-color-scheme:dark){${dark}}</style></head>
<body style="margin:0;padding:16px;${font}"><div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${html(plainly(preview))} ${padding}</div>
<div style="max-width:560px;margin:0 auto;overflow-wrap:anywhere">
<h1 style="font-size:20px;line-height:1.3;margin:0 0 16px;padding-left:12px;border-left:5px solid ${colours[tone]};text-wrap:balance${language === 'en' ? '' : ';word-break:keep-all'}">${html(heading)}</h1>
${linksFirst ? `${buttons}${body}` : `${body}\n${buttons}`}
<p class="${faint}" style="margin:24px 0 0;${small}">${footer.map(html).join('<br>')}</p>
</div></body></html>
`
}

/** @param beyond colour of the line beyond a limit */
function htmlOf(block: Block, beyond: string): string {
  switch (block.kind) {
    case 'line':
      return `<p style="margin:12px 0 16px">${html(block.text)}</p>`
    case 'facts': {
      const rows = block.facts.map(
        ([label, text]) =>
          `<tr><td class="${faint}" style="${cell};white-space:nowrap;color:#6b6b6b">${html(label)}</td><td style="${cell}">${html(text)}</td></tr>`,
      )
      return `<table style="border-collapse:collapse;${font}">\n${rows.join('\n')}\n</table>`
    }
    case 'chart':
      return chartHtml(block, beyond)
    case 'list': {
      const title = block.title === undefined ? '' : `<h2 style="${subtitle}">${html(block.title)}</h2>\n`
      const items = block.items.map(
        ([when, text]) =>
          `<p style="margin:0 0 12px">${html(text)}${when === '' ? '' : `<br><span class="${faint}" style="${small}">${html(when)}</span>`}</p>`,
      )
      return `${title}${items.join('\n')}`
    }
    case 'rows':
      return rowsHtml(block)
    case 'table':
      return tableHtml(block)
  }
}

/** Three columns, of which the first may break: place, value and time. */
function rowsHtml({ head, groups }: Extract<Block, { kind: 'rows' }>): string {
  const styles = [`${cell};width:30%`, `${cell};font-weight:bold`, number]
  const row = (cells: readonly string[]) => `<tr>${cells.map((text, i) => `<td style="${styles[i]}">${html(text)}</td>`).join('')}</tr>`
  const titles = head.map((label, i) => `<th class="${faint}" style="${styles[i]};font-weight:normal;${small}">${html(label)}</th>`)
  const body = groups.map(
    ({ title, rows }) => `<tr><th colspan="3" style="${cell};padding-top:14px">${html(title)}</th></tr>\n${rows.map(row).join('\n')}`,
  )
  return `<table style="border-collapse:collapse;width:100%;font-size:15px;line-height:1.4">\n<tr>${titles.join('')}</tr>\n${body.join('\n')}\n</table>`
}

function tableHtml({ head: labels, groups: all }: Extract<Block, { kind: 'table' }>): string {
  const head = labels.map(
    (label, i) => `<th class="${faint}" style="${i === 0 ? name : number};font-weight:normal;${small};font-size:12px">${html(label)}</th>`,
  )
  const groups = all.map(({ title, rows, note }) => {
    const lines = rows.map(
      (row) => `<tr>${row.map((text, i) => `<td style="${i === 0 ? name : number}">${html(text)}</td>`).join('')}</tr>`,
    )
    if (note !== undefined)
      lines.push(`<tr><td class="${faint}" colspan="${labels.length}" style="padding:0 0 4px;${small}">${html(note)}</td></tr>`)
    return `<tr><th colspan="${labels.length}" style="${cell};padding-top:12px">${html(title)}</th></tr>\n${lines.join('\n')}`
  })
  return `<table style="border-collapse:collapse;width:100%;margin:0 0 16px;font-size:13px">\n<tr>${head.join('')}</tr>\n${groups.join('\n')}\n</table>`
}
