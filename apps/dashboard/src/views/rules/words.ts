import { words } from '../../words/language.ts'
import { english } from './words.en.ts'
import { chinese } from './words.zh-TW.ts'

export const say = words({ en: english, 'zh-TW': chinese })
