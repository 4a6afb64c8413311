import { words } from '../../words/language.ts'
import { english } from './words.en.ts'
import { chinese } from './words.zh-TW.ts'

export const say = words({ en: english, 'zh-TW': chinese })

/** A verdict in short and in full. A verdict unknown to this page is shown as it is. */
export function explain(verdict: string): { short: string; long: string; isBad: boolean } {
  const [, word = verdict, detail = ''] = /^([\w-]+)(?:: (.*))?$/.exec(verdict) ?? []
  const known = Object.hasOwn(say().verdicts, word) ? say().verdicts[word] : undefined
  if (known === undefined) return { short: verdict, long: verdict, isBad: false }
  return { short: known.short, long: known.long(detailOf(word, detail)), isBad: word === 'rejected' }
}

function detailOf(word: string, detail: string): string {
  const { reasons, answers } = say()
  if (word === 'rejected') return Object.hasOwn(reasons, detail) ? (reasons[detail] as string) : detail
  if (word !== 'answered') return detail
  const [answer = ''] = detail.split(' ')
  return Object.hasOwn(answers, answer) ? `${detail}: ${answers[answer]}` : detail
}
