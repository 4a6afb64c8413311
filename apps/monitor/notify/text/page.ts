import { type Chart, sparkline } from './chart.ts'
import { plainly } from './text.ts'

export type Fact = [label: string, text: string]

export type Block =
  | { kind: 'line'; text: string }
  | { kind: 'facts'; facts: Fact[] }
  | { kind: 'chart'; chart: Chart; title: string; from: string; to: string }
  | { kind: 'list'; title?: string; items: [when: string, text: string][] }
  | { kind: 'compact'; groups: { title: string; items: [when: string, text: string][] }[] }
  | { kind: 'table'; head: string[]; groups: { title: string; rows: string[][]; note?: string | undefined }[] }

/** The content of a message before its layout as text or HTML; texts from MQTT are marked (see text.ts). */
export interface Page {
  title: string
  /** Heading of the text if it differs from the subject. */
  heading?: string
  tone: 'alarm' | 'warning' | 'resolved' | 'calm'
  blocks: Block[]
}

/** The links and the footer around a page. */
export interface Frame {
  language: string
  colon: string
  comma: string
  links: { address: string; label: string }[]
  footer: string[]
}

export function layText({ title, heading = title, blocks }: Page, frame: Frame): string {
  const { colon, links, footer } = frame
  const parts = [heading, ...blocks.map((block) => textOf(block, frame))]
  if (links.length > 0) parts.push(links.map(({ address, label }) => `${label}${colon}${address}`).join('\n'))
  parts.push(`-- \n${footer.join('\n')}`)
  return `${plainly(parts.join('\n\n'))}\n`
}

function textOf(block: Block, { colon, comma }: Frame): string {
  switch (block.kind) {
    case 'line':
      return block.text
    case 'facts':
      return block.facts.map(([label, text]) => `${label}${colon}${text}`).join('\n')
    case 'chart':
      return `${block.title}\n${sparkline(block.chart)}\n${block.from} – ${block.to}`
    case 'list':
      return [...(block.title === undefined ? [] : [block.title]), ...block.items.map(bulleted)].join('\n')
    case 'compact':
      return block.groups.map(({ title, items }) => [title, ...items.map(([when, text]) => `  ${when}  ${text}`)].join('\n')).join('\n\n')
    case 'table': {
      const [, ...names] = block.head
      const line = ([name, ...values]: string[]) => `  ${name}${colon}${values.map((text, i) => `${names[i]} ${text}`).join(comma)}`
      return block.groups
        .map(({ title, rows, note }) => [title, ...rows.map(line), ...(note === undefined ? [] : [`  ${note}`])].join('\n'))
        .join('\n\n')
    }
  }
}

function bulleted([when, text]: [string, string]): string {
  return when === '' ? `- ${text}` : `- ${when}  ${text}`
}
