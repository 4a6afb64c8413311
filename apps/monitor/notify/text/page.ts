import { type Chart, sparkline } from './chart.ts'
import { plainly } from './text.ts'

export type Fact = [label: string, text: string]

/** A row of a digest. */
export type ItemRow = [place: string, value: string, when: string]

export type Block =
  | { kind: 'line'; text: string }
  | { kind: 'facts'; facts: Fact[] }
  /** `ends`: labels of the lowest and the highest value of the axis. `limit`: the label of the rule across; empty: none. */
  | { kind: 'chart'; chart: Chart; title: string; from: string; to: string; ends: [string, string]; limit: string }
  | { kind: 'list'; title?: string; items: [when: string, text: string][] }
  | { kind: 'rows'; head: ItemRow; groups: { title: string; rows: ItemRow[] }[] }
  | { kind: 'table'; head: string[]; groups: { title: string; rows: string[][]; note?: string | undefined }[] }

/** The content of a message before its layout as text or HTML; texts from MQTT are marked (see text.ts). */
export interface Page {
  title: string
  /** Heading of the text if it differs from the subject. */
  heading?: string
  tone: 'alarm' | 'warning' | 'resolved' | 'calm'
  /** Hidden words that mail programs show beside the subject. */
  preview: string
  /** True: the buttons are above the blocks, because these are long. */
  linksFirst?: boolean
  blocks: Block[]
}

/** The links and the footer around a page. */
export interface Frame {
  language: string
  colon: string
  comma: string
  links: { address: string; label: string; isAction: boolean }[]
  footer: string[]
}

export function layText({ title, heading = title, linksFirst = false, blocks }: Page, frame: Frame): string {
  const { colon, links, footer } = frame
  const buttons = links.length === 0 ? [] : [links.map(({ address, label }) => `${label}${colon}${address}`).join('\n')]
  const body = blocks.map((block) => textOf(block, frame))
  const parts = [heading, ...(linksFirst ? [...buttons, ...body] : [...body, ...buttons]), `-- \n${footer.join('\n')}`]
  return `${plainly(parts.join('\n\n'))}\n`
}

function textOf(block: Block, { colon, comma }: Frame): string {
  switch (block.kind) {
    case 'line':
      return block.text
    case 'facts':
      return block.facts.map(([label, text]) => `${label}${colon}${text}`).join('\n')
    case 'chart':
      return `${block.title}\n${sparkline(block.chart)}\n${block.from} – ${block.to}${block.limit === '' ? '' : `${comma}${block.limit}`}`
    case 'list':
      return [...(block.title === undefined ? [] : [block.title]), ...block.items.map(bulleted)].join('\n')
    case 'rows':
      return block.groups
        .map(({ title, rows }) => [title, ...rows.map((row) => `- ${row.filter(Boolean).join('  ')}`)].join('\n'))
        .join('\n\n')
    case 'table': {
      const [, ...names] = block.head
      const line = ([name, ...values]: string[]) =>
        `  ${name}${colon}${values.flatMap((text, i) => (text === '' ? [] : `${names[i]} ${text}`)).join(comma)}`
      return block.groups
        .map(({ title, rows, note }) => [title, ...rows.map(line), ...(note === undefined ? [] : [`  ${note}`])].join('\n'))
        .join('\n\n')
    }
  }
}

function bulleted([when, text]: [string, string]): string {
  return when === '' ? `- ${text}` : `- ${when}  ${text}`
}
