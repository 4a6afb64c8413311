import type { Trend } from '@hearthwatch/api/trend'
import { words } from './language.ts'

export const trendName = words<Record<Trend, string>>({
  en: { rising: 'rising', falling: 'falling', steady: 'steady' },
  'zh-TW': { rising: '上升中', falling: '下降中', steady: '平穩' },
})
