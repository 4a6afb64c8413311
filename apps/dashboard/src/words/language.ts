import { computed, effect } from '@preact/signals'
import { session } from '../monitor/session.ts'
import { preference } from './preference.ts'

export type Language = 'en' | 'zh-TW'

export const languagePreference = preference('language', ['auto', 'en', 'zh-TW'])

/** The user's choice, else Chinese if the browser prefers it, else `UI_LANGUAGE`. */
export const language = computed<Language>(() => {
  const chosen = languagePreference.value
  if (chosen !== 'auto') return chosen
  return navigator.language.startsWith('zh') ? 'zh-TW' : (session.value?.language ?? 'en')
})

/** The locale of numbers and times: the browser's own if it has the language of the page. Chinese has 24 hours, like the mails. */
export const locale = computed<string>(() => {
  const own = navigator.language
  const found = own.split('-')[0] === language.value.split('-')[0] ? own : language.value
  return found.startsWith('zh') && !found.includes('-u-') ? `${found}-u-hc-h23` : found
})

effect(() => {
  document.documentElement.lang = language.value
})

/**
 * The words of one part of the page in both languages.
 * @returns the words of the current language; a component that reads them is redrawn when the language changes
 */
export function words<W>(all: { en: W; 'zh-TW': NoInfer<W> }): () => W {
  return () => all[language.value]
}
