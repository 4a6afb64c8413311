import { quantityTitle } from '@hearthwatch/protocol/quantities'
import { language } from './language.ts'

/** @returns the name of a quantity, numbered or not, in the language of the page; an unknown one's as it is */
export function quantityName(name: string): string {
  return quantityTitle(name, language.value) ?? name
}
