import { words } from '../../words/language.ts'

export const say = words({
  en: {
    title: 'Wall view',
    back: 'Leave the wall view',
    light: 'Light',
    dark: 'Dark',
    full: 'Full screen',
    all: 'All rooms',
    groups: 'Groups',
    noValue: 'no value yet',
    stale: 'out of date',
    none: 'No sensor has reported yet.',
    others: (count: string) => `${count} more rooms are not shown.`,
  },
  'zh-TW': {
    title: '牆面顯示',
    back: '離開牆面顯示',
    light: '淺色',
    dark: '深色',
    full: '全螢幕',
    all: '所有房間',
    groups: '群組',
    noValue: '尚無數值',
    stale: '資料過時',
    none: '還沒有收到任何感測器的資料。',
    others: (count: string) => `另有 ${count} 個房間未顯示。`,
  },
})
