import { deepest, type Expression, parseExpression } from './expression.ts'
import { type Chunk, chunksOf } from './lexer.ts'
import type { Payload } from './payload.ts'
import { isTrue, NotUnderstood, type Value } from './values.ts'

/** Writes the values of a template, in order. */
type Part = (payload: Payload, write: (value: Value) => void) => void

/** @throws NotUnderstood for a template outside of the subset */
export function parse(template: string): Part {
  const chunks = chunksOf(template)
  const budget = { steps: 0 }
  let at = 0

  /** Reads chunks up to a block that begins with one of these words, which stays unread. */
  function until(ends: readonly string[], depth: number): Part {
    if (depth > deepest) throw new NotUnderstood(`deeper than ${deepest}`)
    const parts: Part[] = []
    for (; at < chunks.length; at += 1) {
      const chunk = chunks[at] as Chunk
      const word = chunk.kind === 'block' ? (chunk.tokens[0]?.text ?? '') : null
      if (word !== null && ends.includes(word)) break
      if (chunk.kind === 'text') parts.push((_, write) => write(chunk.text))
      else if (chunk.kind === 'value') parts.push(written(parseExpression(chunk.tokens, budget, 'any')))
      else if (word === 'if') parts.push(condition(depth))
      else throw new NotUnderstood(word === '' ? 'an empty block' : `the block ${word}`)
    }
    return (payload, write) => {
      for (const part of parts) part(payload, write)
    }
  }

  function condition(depth: number): Part {
    const branches: { test: Expression; part: Part }[] = []
    for (let word = 'if'; word === 'if' || word === 'elif'; word = wordHere()) {
      const test = parseExpression((chunks[at] as Chunk).tokens.slice(1), budget, 'of a block')
      at += 1
      branches.push({ test, part: until(['elif', 'else', 'endif'], depth + 1) })
    }
    let otherwise: Part | undefined
    if (wordHere() === 'else') {
      onlyTheWord()
      at += 1
      otherwise = until(['endif'], depth + 1)
    }
    if (wordHere() !== 'endif') throw new NotUnderstood('an if without an end')
    onlyTheWord()
    return (payload, write) => {
      for (const { test, part } of branches) if (isTrue(test(payload))) return part(payload, write)
      otherwise?.(payload, write)
    }
  }

  function onlyTheWord(): void {
    if (chunks[at]?.tokens.length !== 1) throw new NotUnderstood(`more than ${wordHere()} in its block`)
  }

  const wordHere = () => chunks[at]?.tokens[0]?.text ?? ''
  const part = until([], 0)
  return part
}

const written =
  (expression: Expression): Part =>
  (payload, write) =>
    write(expression(payload))
