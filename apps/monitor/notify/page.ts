import { html, plainly } from './text.ts'

export type Fact = [label: string, text: string]

export type Block =
  | { kind: 'line'; text: string }
  | { kind: 'facts'; facts: Fact[] }
  | { kind: 'list'; title?: string; items: [when: string, text: string][] }
  | { kind: 'table'; head: string[]; groups: { title: string; rows: string[][] }[] }

/** What a message says, before it is laid out as text or as HTML; strangers' texts are marked (see text.ts). */
export interface Page {
  title: string
  /** Where the title as a whole is for the subject only. */
  heading?: string
  tone: 'alarm' | 'relief' | 'calm'
  blocks: Block[]
}

/** What surrounds it. */
export interface Frame {
  language: string
  colon: string
  comma: string
  /** Address of the page for people. */
  link: string | undefined
  open: string
  footer: string
}

export function layText({ title, heading = title, blocks }: Page, frame: Frame): string {
  const { colon, link, open, footer } = frame
  const parts = [heading, ...blocks.map((block) => textOf(block, frame))]
  if (link !== undefined) parts.push(`${open}${colon}${link}`)
  parts.push(`-- \n${footer}`)
  return `${plainly(parts.join('\n\n'))}\n`
}

function textOf(block: Block, { colon, comma }: Frame): string {
  switch (block.kind) {
    case 'line':
      return block.text
    case 'facts':
      return block.facts.map(([label, text]) => `${label}${colon}${text}`).join('\n')
    case 'list':
      return [...(block.title === undefined ? [] : [block.title]), ...block.items.map(([when, text]) => `- ${when}  ${text}`)].join('\n')
    case 'table': {
      const [, ...names] = block.head
      const line = ([name, ...values]: string[]) => `  ${name}${colon}${values.map((text, i) => `${names[i]} ${text}`).join(comma)}`
      return block.groups.map(({ title, rows }) => [title, ...rows.map(line)].join('\n')).join('\n\n')
    }
  }
}

const colours = { alarm: '#c62828', relief: '#2e7d32', calm: '#1565c0' }
const font = "font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans TC','PingFang TC','Microsoft JhengHei',sans-serif"
const faint = 'color:#777'
const cell = 'padding:4px 12px 4px 0;vertical-align:top;text-align:left;word-break:keep-all;overflow-wrap:anywhere'
const number = 'padding:4px 0 4px 8px;text-align:right;white-space:nowrap'

/** Neither pictures nor scripts nor anything from elsewhere; no background, so that a dark screen stays dark. */
export function layHtml({ title, heading = title, tone, blocks }: Page, { language, link, open, footer }: Frame): string {
  const colour = colours[tone]
  const button = `display:inline-block;padding:10px 16px;border-radius:6px;background:${colour};color:#fff;text-decoration:none`
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>${html(plainly(title))}</title></head>
<body style="margin:0;padding:16px;${font}"><div style="max-width:560px;margin:0 auto">
<h1 style="font-size:20px;line-height:1.3;margin:0 0 16px;padding-left:12px;border-left:5px solid ${colour}">${html(heading)}</h1>
${blocks.map(htmlOf).join('\n')}
${link === undefined ? '' : `<p style="margin:24px 0"><a href="${html(link)}" style="${button}">${html(open)}</a></p>\n`}<p style="margin:24px 0 0;font-size:13px;${faint}">${html(footer)}</p>
</div></body></html>
`
}

function htmlOf(block: Block): string {
  switch (block.kind) {
    case 'line':
      return `<p style="margin:0 0 16px">${html(block.text)}</p>`
    case 'facts': {
      const rows = block.facts.map(
        ([label, text]) => `<tr><td style="${cell};${faint}">${html(label)}</td><td style="${cell}">${html(text)}</td></tr>`,
      )
      return `<table style="border-collapse:collapse;${font}">\n${rows.join('\n')}\n</table>`
    }
    case 'list': {
      const title = block.title === undefined ? '' : `<h2 style="font-size:16px;margin:20px 0 8px">${html(block.title)}</h2>\n`
      const items = block.items.map(
        ([when, text]) => `<p style="margin:0 0 12px">${html(text)}<br><span style="font-size:13px;${faint}">${html(when)}</span></p>`,
      )
      return `${title}${items.join('\n')}`
    }
    case 'table': {
      const head = block.head.map(
        (name, i) => `<th style="${i === 0 ? cell : number};font-weight:normal;font-size:13px;${faint}">${html(name)}</th>`,
      )
      const groups = block.groups.map(({ title, rows }) => {
        const lines = rows.map(
          (row) => `<tr>${row.map((text, i) => `<td style="${i === 0 ? cell : number}">${html(text)}</td>`).join('')}</tr>`,
        )
        return `<tr><th colspan="${block.head.length}" style="${cell};padding-top:12px">${html(title)}</th></tr>\n${lines.join('\n')}`
      })
      return `<table style="border-collapse:collapse;width:100%;margin:0 0 16px;font-size:15px">\n<tr>${head.join('')}</tr>\n${groups.join('\n')}\n</table>`
    }
  }
}
