import { NotUnderstood } from './values.ts'

/** A piece of an expression. */
export interface Token {
  kind: 'name' | 'text' | 'int' | 'float' | 'sign' | 'end'
  text: string
}

/** A piece of a template: text as it is, `{{ … }}` or `{% … %}`. */
export interface Chunk {
  kind: 'text' | 'value' | 'block'
  text: string
  tokens: readonly Token[]
}

const opening = /\{\{|\{%|\{#/g
const spaces = /[ \t\r\n\f\v]*/y
const pieces =
  /(?<name>[A-Za-z_][A-Za-z0-9_]*)|(?<float>\d+(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+))|(?<int>\d+)|(?<text>"[^"\\]*"|'[^'\\]*')|(?<sign>\*\*|\/\/|==|!=|<=|>=|[-+*/%<>()[\].,|=])/y

/** @throws NotUnderstood for an unclosed piece, or a character that no expression of the subset has */
export function chunksOf(template: string): Chunk[] {
  const chunks: Chunk[] = []
  let at = 0
  let trimNext = false
  while (at < template.length) {
    opening.lastIndex = at
    const found = opening.exec(template)
    const end = found?.index ?? template.length
    let text = template.slice(at, end)
    if (trimNext) text = text.trimStart()
    const [open = ''] = found ?? []
    const mark = template[end + 2]
    if (open !== '' && mark === '-') text = text.trimEnd()
    if (text !== '') chunks.push({ kind: 'text', text, tokens: [] })
    if (found === null) break
    at = end + 2 + (mark === '-' || (mark === '+' && open !== '{{') ? 1 : 0)
    if (open === '{#') {
      const close = template.indexOf('#}', at)
      if (close === -1) throw new NotUnderstood('a comment without an end')
      trimNext = template[close - 1] === '-'
      at = close + 2
      continue
    }
    const inside = tokensOf(template, at, open === '{{' ? '}}' : '%}')
    chunks.push({ kind: open === '{{' ? 'value' : 'block', text: '', tokens: inside.tokens })
    trimNext = inside.trims
    at = inside.end
    // Jinja drops one line break behind a block only where it is set to; Home Assistant does not.
  }
  return chunks
}

function tokensOf(template: string, from: number, close: string): { tokens: Token[]; end: number; trims: boolean } {
  const tokens: Token[] = []
  let at = from
  for (;;) {
    spaces.lastIndex = at
    spaces.exec(template)
    at = spaces.lastIndex
    if (template.startsWith(close, at)) return { tokens, end: at + 2, trims: false }
    if (template.startsWith(`-${close}`, at)) return { tokens, end: at + 3, trims: true }
    // Behind a dot, digits are an index: `list.0.name`.
    const afterDot = tokens.at(-1)?.text === '.' && tokens.at(-1)?.kind === 'sign'
    pieces.lastIndex = at
    const { groups = {}, 0: text } = pieces.exec(template) ?? { 0: '' }
    if (text === '') throw new NotUnderstood(at >= template.length ? 'a piece without an end' : `the character ${template[at]}`)
    if (afterDot && groups.float !== undefined) {
      const index = /^\d+/.exec(text)?.[0] ?? ''
      tokens.push({ kind: 'int', text: index })
      at += index.length
      continue
    }
    at += text.length
    if (groups.name !== undefined) tokens.push({ kind: 'name', text })
    else if (groups.text !== undefined) tokens.push({ kind: 'text', text: text.slice(1, -1) })
    else tokens.push({ kind: groups.float !== undefined ? 'float' : groups.int !== undefined ? 'int' : 'sign', text })
  }
}
