import { severities } from '@hearthwatch/api/severity'
import { isTimeZone } from '@hearthwatch/settings'
import type { Zone } from '../../localtime.ts'
import { localized } from '../text/localized.ts'
import type { ChannelOptions, Quiet } from './channel.ts'
import type { FormField } from './form.ts'

/** Query parameters of every channel; they are removed before the channel type parses the URL. */
export const optionNames: ReadonlySet<string> = new Set(['name', 'quiet', 'days', 'zone', 'budget', 'severity'])

const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const everyDay: ReadonlySet<number> = new Set(days.keys())

/** The same as fields of every form. */
export const optionFields: readonly FormField[] = [
  {
    name: 'severity',
    label: localized('Sends', '傳送'),
    preset: 'info',
    choices: [
      { value: 'info', label: localized('everything, with the daily summary', '全部，包含每日摘要') },
      { value: 'warning', label: localized('warnings and critical alerts', '警告與緊急警報') },
      { value: 'critical', label: localized('critical alerts only', '只有緊急警報') },
    ],
    isOptional: true,
    isRight: (value) => severities.some((known) => known === value),
  },
  {
    name: 'quiet',
    label: localized('Quiet hours', '勿擾時段'),
    hint: localized('Only critical alerts come then; the others wait for the end.', '期間只傳送緊急警報，其他訊息待結束後再送。'),
    example: '22:00-07:00',
    isOptional: true,
    isRight: (value) => spanOf(value) !== undefined,
  },
  {
    name: 'budget',
    label: localized('Most messages a month', '每月訊息上限'),
    hint: localized('For services that count or charge; “none”: no limit.', '用於計次或計費的服務；填 none 表示不限。'),
    example: '200',
    isOptional: true,
    isRight: (value) => budgetOf(value) !== undefined,
  },
]

export interface ReadOptions extends ChannelOptions {
  /** Undefined: not set. */
  name: string | undefined
}

/**
 * @param query of the channel's URL, decoded
 * @param zone default of `zone`
 * @param budget default of `budget`, messages a month
 * @returns the options, and for each wrong parameter a sentence without its subject
 */
export function readOptions(
  query: ReadonlyMap<string, string>,
  zone: Zone,
  budget: number | null,
): { options: ReadOptions; problems: string[] } {
  const problems: string[] = []

  function read<T>(name: string, parse: (text: string) => T | undefined, fallback: T, expected: string): T {
    const text = query.get(name)
    const value = text === undefined ? fallback : parse(text)
    if (text !== undefined && value === undefined) problems.push(`has ${name}=…, which must be ${expected}`)
    return value === undefined ? fallback : value
  }

  const quiet = read<Span | null>('quiet', spanOf, null, 'two times of the day like quiet=22:00-07:00')
  const quietDays = read('days', daysOf, everyDay, 'days of the week like days=mon-fri,sun')
  const quietZone = read('zone', (text) => (isTimeZone(text) ? text : undefined), zone, 'a time zone like zone=Asia/Taipei')
  if (!query.has('quiet') && (query.has('days') || query.has('zone')))
    problems.push('has days= or zone=, but no quiet hours (quiet=22:00-07:00)')
  return {
    options: {
      name: read('name', nameOf, undefined, 'up to 32 letters, digits, - and _'),
      quiet: quiet && ({ ...quiet, days: quietDays, zone: quietZone } satisfies Quiet),
      budget: read('budget', budgetOf, budget === null ? null : { perMonth: budget }, 'a number of messages a month from 1, or none'),
      minimum: read('severity', (text) => severities.find((known) => known === text), 'info', `one of ${severities.join(', ')}`),
    },
    problems,
  }
}

type Span = Pick<Quiet, 'from' | 'until'>

function spanOf(text: string): Span | undefined {
  const [, h1, m1, h2, m2] = /^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$/.exec(text) ?? []
  const from = minuteOf(h1, m1)
  const until = minuteOf(h2, m2)
  return from === undefined || until === undefined || from === until ? undefined : { from, until }
}

function minuteOf(hour: string | undefined, minute: string | undefined): number | undefined {
  const [h, m] = [Number(hour), Number(minute)]
  return h <= 23 && m <= 59 ? h * 60 + m : undefined
}

function daysOf(text: string): ReadonlySet<number> | undefined {
  const found = new Set<number>()
  for (const part of text.toLowerCase().split(',')) {
    const [first = '', last = first, ...more] = part.split('-')
    const [from, until] = [days.indexOf(first), days.indexOf(last)]
    if (from < 0 || until < 0 || more.length > 0) return undefined
    for (let day = from; ; day = (day + 1) % 7) {
      found.add(day)
      if (day === until) break
    }
  }
  return found
}

// The name is part of event names, and rules refer to it.
export function nameOf(text: string): string | undefined {
  return /^[\p{L}\p{N}][\p{L}\p{M}\p{N}_-]{0,31}$/u.test(text) ? text : undefined
}

function budgetOf(text: string): { perMonth: number } | null | undefined {
  if (text === 'none') return null
  return /^[1-9]\d{0,6}$/.test(text) ? { perMonth: Number(text) } : undefined
}
