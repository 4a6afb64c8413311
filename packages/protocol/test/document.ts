import { readFileSync } from 'node:fs'

const text = readFileSync(`${import.meta.dirname}/../../../docs/protocol.md`, 'utf8')

/** The trimmed cells of the first table under this heading of docs/protocol.md, by row. */
export function tableUnder(heading: string): string[][] {
  const [, section] = text.split(`\n## ${heading}\n`)
  if (section === undefined) throw new Error(`docs/protocol.md has no heading "${heading}"`)
  const lines = section.split('\n')
  const start = lines.findIndex((line) => line.startsWith('|'))
  const end = lines.findIndex((line, i) => i > start && !line.startsWith('|'))
  return lines.slice(start + 2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}
