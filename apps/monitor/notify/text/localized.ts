/** What people and the log are told, in every language: people read one of them, the log is in English. */
export type Localized = Readonly<Record<'en' | 'zh-TW', string>>

/** A Latin letter or digit and a Chinese one get a space between them; the marks around a stranger's text lie in between. */
export function spaced(text: string): string {
  return text.replace(
    /[\p{Script=Latin}\p{N}]\u2069?(?=\u2068?\p{Script=Han})|\p{Script=Han}\u2069?(?=\u2068?[\p{Script=Latin}\p{N}])/gu,
    '$& ',
  )
}

/** The same in English and Chinese. */
export function localized(en: string, chinese: string): Localized {
  return { en, 'zh-TW': spaced(chinese) }
}

/** One sentence after the other. */
export function joinSentences(...sentences: readonly Localized[]): Localized {
  return localized(sentences.map(({ en }) => en).join(' '), sentences.map((sentence) => sentence['zh-TW']).join(''))
}
