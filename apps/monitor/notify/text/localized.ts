import type { Localized } from '@hearthwatch/api/localized'

export type { Localized }

/** Inserts a space between Latin letters or digits and Chinese characters, also across the marks of text.ts. */
export function spaced(text: string): string {
  return text.replace(
    /[\p{Script=Latin}\p{N}]\u2069?(?=\u2068?\p{Script=Han})|\p{Script=Han}\u2069?(?=\u2068?[\p{Script=Latin}\p{N}])/gu,
    '$& ',
  )
}

/** @param chinese gets spaces as in `spaced` */
export function localized(en: string, chinese: string): Localized {
  return { en, 'zh-TW': spaced(chinese) }
}

export function joinSentences(...sentences: readonly Localized[]): Localized {
  return localized(sentences.map(({ en }) => en).join(' '), sentences.map((sentence) => sentence['zh-TW']).join(''))
}
