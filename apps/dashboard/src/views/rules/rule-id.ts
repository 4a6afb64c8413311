import { reservedNames, ruleLengths } from '@hearthwatch/api/rule-bounds'
import type { Draft } from './draft.ts'

/** The title, or the first one like it that is free: `Frost 2`. */
export const freeTitle = (title: string, taken: readonly string[]): string => firstFree(title, ' ', taken)

/**
 * The id of a new rule, which no other has. It has the Latin letters and digits of the title. A title without letters gets the id
 * of the template, or one that names what the rule is about.
 */
export function idOf({ title, name, quantity, condition }: Draft, taken: readonly string[]): string {
  const own = plain(title)
  const base = /[a-z]/.test(own) ? own : name || plain(`${quantity} ${condition}`)
  return firstFree(base.slice(0, ruleLengths.name - 5), '-', [...taken, ...reservedNames])
}

const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

function firstFree(base: string, gap: string, taken: readonly string[]): string {
  if (!taken.includes(base)) return base
  let count = 2
  while (taken.includes(`${base}${gap}${count}`)) count += 1
  return `${base}${gap}${count}`
}
