import type { FieldProblem } from '@hearthwatch/api/errors'
import { words } from './language.ts'
import { number } from './numbers.ts'

type Range = 'too-small' | 'too-large' | 'not-above' | 'not-below' | 'too-short' | 'too-long'
type Plain = Exclude<FieldProblem['problem'], Range>

const say = words<Record<Plain, string> & Record<Range, (bound: string) => string>>({
  en: {
    missing: 'Fill this in.',
    unknown: 'The monitor does not know this field.',
    'not-needed': 'Leave this empty.',
    'not-a-number': 'Enter a number.',
    'not-an-integer': 'Enter a whole number.',
    'wrong-type': 'This value is not possible.',
    'wrong-format': 'This value is not possible.',
    'too-small': (least) => `At least ${least}`,
    'too-large': (most) => `At most ${most}`,
    'not-above': (least) => `More than ${least}`,
    'not-below': (most) => `Less than ${most}`,
    'too-short': (least) => `Enter at least ${least}.`,
    'too-long': (most) => `Enter at most ${most}.`,
    'not-one-of': 'Choose one.',
    'not-found': 'This no longer exists.',
    'not-allowed': 'This value is reserved.',
    mismatch: 'This differs from the address.',
    taken: 'This is already in use.',
    'wrong-order': 'The lower limit must be below the upper limit.',
  },
  'zh-TW': {
    missing: '請填寫此欄位。',
    unknown: '監控程式不認得這個欄位。',
    'not-needed': '此欄位請留白。',
    'not-a-number': '請輸入數字。',
    'not-an-integer': '請輸入整數。',
    'wrong-type': '不允許的數值。',
    'wrong-format': '不允許的數值。',
    'too-small': (least) => `至少 ${least}`,
    'too-large': (most) => `最多 ${most}`,
    'not-above': (least) => `須大於 ${least}`,
    'not-below': (most) => `須小於 ${most}`,
    'too-short': (least) => `至少須輸入 ${least} 個。`,
    'too-long': (most) => `最多只能輸入 ${most} 個。`,
    'not-one-of': '請選擇一項。',
    'not-found': '這個項目已不存在。',
    'not-allowed': '這是保留字，無法使用。',
    mismatch: '與網址中的名稱不一致。',
    taken: '已經有人使用。',
    'wrong-order': '下限必須低於上限。',
  },
})

/**
 * One sentence about a wrong field, in the language of the page.
 * @param figure writes a bound in the unit of the field
 */
export function fieldProblem({ problem, min, max }: FieldProblem, figure: (bound: number) => string = number): string {
  const text = say()[problem]
  return typeof text === 'string' ? text : text(figure(min ?? max ?? Number.NaN))
}
