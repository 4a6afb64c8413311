import { words } from '../../words/language.ts'

export const say = words({
  en: {
    min: 'lowest',
    mean: 'mean',
    max: 'highest',
    nothing: 'no readings',
    signs: { critical: 'critical alert', warning: 'warning', info: 'notice', missing: 'no readings' },
  },
  'zh-TW': {
    min: '最低',
    mean: '平均',
    max: '最高',
    nothing: '沒有讀數',
    signs: { critical: '緊急警報', warning: '警告', info: '提醒', missing: '沒有讀數' },
  },
})
