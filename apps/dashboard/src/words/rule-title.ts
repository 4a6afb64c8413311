import { ruleTitle } from '@hearthwatch/api/rule-titles'
import { language } from './language.ts'

/** The title of a rule, or of an alert's rule, in the language of the page. */
export const titleOf = (about: { name: string; title?: string } | { rule: string; title?: string | null }): string =>
  ruleTitle('rule' in about ? about.rule : about.name, about.title, language.value)
