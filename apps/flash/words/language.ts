import { en } from './en.ts'
import type { Words } from './words.ts'
import { zhTW } from './zh-TW.ts'

/** The words of a language; English if it is not known. */
export const wordsIn = (language: string | undefined): Words => (language === 'zh-TW' ? zhTW : en)
