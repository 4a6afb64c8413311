/** A reason for people, in both languages. It never contains credentials. */
export interface Reason {
  en: string
  'zh-TW': string
}

/** The same in both languages, such as a code that has no words. */
export const untranslated = (text: string): Reason => ({ en: text, 'zh-TW': text })

/** Puts text before a reason, such as the address of the broker. */
export const prefixed = (start: string, { en, 'zh-TW': zhTW }: Reason): Reason => ({
  en: `${start}: ${en}`,
  'zh-TW': `${start}：${zhTW}`,
})
