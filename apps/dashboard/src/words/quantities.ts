import { knownQuantities, quantityTitle } from '@hearthwatch/protocol/quantities'
import { language } from './language.ts'

/** @returns the name of a quantity, numbered or not, in the language of the page; an unknown one's as it is */
export function quantityName(name: string): string {
  return quantityTitle(name, language.value) ?? name
}

const place = (name: string) => (knownQuantities.indexOf(name) + 1 || knownQuantities.length + 1) * 2 + (/_\d+$/.test(name) ? 1 : 0)

/** Sorts the most important quantity first, and a numbered quantity last. */
export const byImportance = (a: string, b: string): number => place(a) - place(b) || a.localeCompare(b)
