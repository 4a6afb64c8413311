import { parse } from './parser.ts'
import type { Payload } from './payload.ts'
import { NotUnderstood, TemplateError, textOf, trimmed } from './values.ts'

export { type Payload, payloadOf } from './payload.ts'
export { NotUnderstood } from './values.ts'

/** A longer template is not understood. */
const longestTemplate = 2000
/** A longer result is an error: Home Assistant takes 255 characters. */
const longestResult = 1000

/** A template of Home Assistant, ready to be rendered any number of times. */
export interface Template {
  /**
   * @returns the text without white space at its ends; null where Home Assistant would report an error
   * @throws NotUnderstood where the result depends on something that this interpreter does not know
   */
  render(payload: Payload): string | null
}

/**
 * Compiles a value template: the part of Jinja that sensors use, with the result that Home Assistant would have. It runs no
 * code, reads own properties of the payload only, and has no loops. Its work is bounded by 300 steps and a depth of 32.
 * @throws NotUnderstood with the reason for any other template
 */
export function compile(template: string): Template {
  if (template.length > longestTemplate) throw new NotUnderstood(`longer than ${longestTemplate} characters`)
  const parts = parse(trimmed(template))
  return {
    render(payload) {
      try {
        let text = ''
        parts(payload, (piece) => {
          text += textOf(piece)
          if (text.length > longestResult) throw new TemplateError('the result is too long')
        })
        return trimmed(text)
      } catch (error) {
        if (error instanceof TemplateError) return null
        throw error
      }
    },
  }
}

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/** The number in a rendered text; null: none, as in `None`, `unknown`, `nan` or an empty text. */
export function numberIn(text: string | null): number | null {
  if (text === null || text.length > 64 || !number.test(text)) return null
  const value = Number(text)
  return Number.isFinite(value) ? value : null
}
