import { computed, effect } from '@preact/signals'
import { session } from '../monitor/session.ts'
import { preference } from './preference.ts'

export type Language = 'en' | 'zh-TW'

export const languagePreference = preference('language', ['auto', 'en', 'zh-TW'])

/** The person's own choice, else Chinese where the browser preferences for it, else what the house is set to. */
export const language = computed<Language>(() => {
  const chosen = languagePreference.value
  if (chosen !== 'auto') return chosen
  return navigator.language.startsWith('zh') ? 'zh-TW' : (session.value?.language ?? 'en')
})

/** How numbers and times are written: as in the person's own country, where that speaks the language of the page. */
export const locale = computed<string>(() => {
  const own = navigator.language
  return own.split('-')[0] === language.value.split('-')[0] ? own : language.value
})

effect(() => {
  document.documentElement.lang = language.value
})

/**
 * The words of one part of the page: a list of keys, in both languages.
 * @returns the words of the language in use; what calls it while drawing is drawn again when the language changes
 */
export function words<W>(all: { en: W; 'zh-TW': NoInfer<W> }): () => W {
  return () => all[language.value]
}
