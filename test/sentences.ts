/** The English prose of this repository, sentence by sentence: comments, documents, log lines and test titles. */
export interface Sentence {
  file: string
  /** 1 for the first line. */
  line: number
  kind: 'comment' | 'document' | 'log' | 'title'
  text: string
}

/** Headless openers: the reader of such a sentence waits for its subject. */
const opener = /^(what|who|whoever|whatever|where|nobody|nothing|nor)\b/i
const mostWords = 25

/** @returns `opener` or `length` for a sentence that breaks the rule; null if it is plain */
export function faultOf({ text }: Pick<Sentence, 'text'>): 'opener' | 'length' | null {
  if (opener.test(text) && !text.endsWith('?')) return 'opener'
  return wordsIn(text) > mostWords ? 'length' : null
}

const wordsIn = (text: string) => text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length

/** @param file path from the root, which tells how to read it */
export function sentencesIn(file: string, source: string): Sentence[] {
  if (file.endsWith('.md')) return documentSentences(file, source)
  if (/\.(ts|tsx|js)$/.test(file)) return [...commentSentences(file, source, codeComments(source)), ...literalSentences(file, source)]
  if (file.endsWith('.css')) return commentSentences(file, source, blockComments(source))
  return commentSentences(file, source, hashComments(source))
}

interface Passage {
  index: number
  text: string
}

function* blockComments(source: string): Generator<Passage> {
  for (const { index, 1: text = '' } of source.matchAll(/\/\*+([\s\S]*?)\*\//g)) yield { index, text: text.replace(/^\s*\* ?/gm, '') }
}

/** Strings are stepped over, so that `//` in an address is no comment. */
function* codeComments(source: string): Generator<Passage> {
  const token =
    /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\*+([\s\S]*?)\*\/|((?:\/\/[^\n]*(?:\n[ \t]*(?=\/\/))?)+)|\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/g
  for (const { index, 1: block, 2: lines } of source.matchAll(token)) {
    if (block !== undefined) yield { index, text: block.replace(/^\s*\* ?/gm, '') }
    else if (lines !== undefined) yield { index, text: lines.replace(/^[ \t]*\/\/ ?/gm, '') }
  }
}

function* hashComments(source: string): Generator<Passage> {
  for (const { index, 0: text } of source.matchAll(/(?:^[ \t]*#(?!!)[^\n]*\n?)+/gm)) yield { index, text: text.replace(/^[ \t]*# ?/gm, '') }
}

function commentSentences(file: string, source: string, passages: Iterable<Passage>): Sentence[] {
  return [...passages].flatMap(({ index, text }) => {
    const line = lineAt(source, index)
    const parts = text.split(/\n\s*\n|@(?:param \S+|returns?|throws|see|example)\s/)
    return parts.flatMap(split).map((one) => ({ file, line, kind: 'comment' as const, text: one }))
  })
}

function literalSentences(file: string, source: string): Sentence[] {
  const found: Sentence[] = []
  const call = /\b(?:(it|test|describe)|log(?:\.child\([^)]*\))?\.(?:error|warn|info|debug))\(\s*(['`])((?:\\.|(?!\2)[^\\])*)\2/g
  for (const { index, 1: title, 3: text = '' } of source.matchAll(call)) {
    if (title !== undefined && !/(^|\/)test\//.test(file)) continue
    for (const one of split(text)) found.push({ file, line: lineAt(source, index), kind: title === undefined ? 'log' : 'title', text: one })
  }
  return found
}

function documentSentences(file: string, source: string): Sentence[] {
  const prose = source.replace(/```[\s\S]*?```/g, (block) => block.replace(/[^\n]/g, ''))
  const found: Sentence[] = []
  for (const { index, 0: block } of prose.matchAll(/(?:^.*\S.*\n?)+/gm)) {
    // A list's items, a table's cells and a heading each stand alone.
    const parts = block.split(/\n(?=\s*(?:[-*]|\d+\.|\||#))|\|/)
    const line = lineAt(source, index)
    for (const part of parts) {
      const plain = part.replace(/^\s*(?:[-*]|\d+\.|#+|>)\s+/, '').replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
      for (const text of split(plain)) found.push({ file, line, kind: 'document', text })
    }
  }
  return found
}

function split(text: string): string[] {
  return text
    .replace(/`[^`]*`/g, '`x`')
    .replace(/\*\*/g, '')
    .replace(/\s+/g, ' ')
    .split(/(?<=[.!?][)”"]?) (?=[\p{Lu}\d`“(])/u)
    .map((one) => one.trim())
    .filter((one) => /\p{L}/u.test(one))
}

const lineAt = (source: string, index: number) => source.slice(0, index).split('\n').length
