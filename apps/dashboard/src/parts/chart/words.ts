import { words } from '../../words/language.ts'

export const say = words({
  en: { min: 'lowest', mean: 'mean', max: 'highest', nothing: 'no readings' },
  'zh-TW': { min: '最低', mean: '平均', max: '最高', nothing: '沒有讀數' },
})
