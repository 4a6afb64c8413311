import type { Alert, Ending } from '@hearthwatch/api/alerts'
import type { Severity } from '@hearthwatch/api/severity'
import { day } from '@hearthwatch/protocol/durations'
import { second } from '../monitor/clock.ts'
import { roomOf } from '../monitor/rooms.ts'
import { language, words } from './language.ts'
import { differenceWithUnit, figure, figureWithUnit } from './numbers.ts'
import { quantityName } from './quantities.ts'
import { titleOf } from './rule-title.ts'
import { clock, duration, minute } from './times.ts'
import { unitOf } from './units.ts'

interface Matter {
  /** The name of the quantity. */
  name: string
  /** For a limit: the value of now, or that of the start with its time. Empty for a resolved alert: its value is the one that resolved it. */
  value: string
  limit: string
  window: string
  device: string
  /** The text of the monitor; `100 %` for a disk that takes nothing more. */
  text: string | null
}

const matters = words<Record<Exclude<Alert['condition'], 'message'> | 'noData', (matter: Matter) => string>>({
  en: {
    above: ({ name, value, limit }) => `${name} above ${limit}${value && `: ${value}`}`,
    below: ({ name, value, limit }) => `${name} below ${limit}${value && `: ${value}`}`,
    outside: ({ name, value, limit }) => `${name} outside ${limit}${value && `: ${value}`}`,
    rises: ({ name, value, window }) => `${name} rose by ${value} within ${window}`,
    falls: ({ name, value, window }) => `${name} fell by ${value} within ${window}`,
    silent: ({ name, device }) => `no readings of ${name}${device && ` from ${device}`}`,
    noData: ({ name, device }) => `no readings of ${name}${device && ` from ${device}`}`,
    offline: ({ device }) => (device ? `sensor ${device} is offline` : 'the sensor is offline'),
    broker: () => 'the monitor does not reach the broker',
    deaf: () => 'the broker delivers nothing to the monitor',
    certificate: () => 'the certificate of the broker ends soon',
    backup: () => 'the backup has failed',
    disk: ({ text }) => (text === '100 %' ? 'the disk is full: nothing is stored' : 'the disk of the database is nearly full'),
    flood: ({ device }) => `${device ? `sensor ${device}` : 'an unknown sender'} sends too much; some of it is refused`,
  },
  'zh-TW': {
    above: ({ name, value, limit }) => `${name}高於 ${limit}${value && `：${value}`}`,
    below: ({ name, value, limit }) => `${name}低於 ${limit}${value && `：${value}`}`,
    outside: ({ name, value, limit }) => `${name}超出 ${limit}${value && `：${value}`}`,
    rises: ({ name, value, window }) => `${name}在 ${window}內上升 ${value}`,
    falls: ({ name, value, window }) => `${name}在 ${window}內下降 ${value}`,
    silent: ({ name, device }) => `${device && `${device} `}沒有${name}讀數`,
    noData: ({ name, device }) => `${device && `${device} `}沒有${name}讀數`,
    offline: ({ device }) => (device ? `感測器 ${device} 離線` : '感測器離線'),
    broker: () => '監控程式連不上 broker',
    deaf: () => 'broker 沒有傳遞訊息給監控程式',
    certificate: () => 'broker 的憑證即將到期',
    backup: () => '備份失敗',
    disk: ({ text }) => (text === '100 %' ? '磁碟已滿，無法儲存' : '資料庫的磁碟快滿了'),
    flood: ({ device }) => `${device ? `感測器 ${device} ` : '不明的傳送者'}傳送過量資料，部分已拒收`,
  },
})

/** The reason of an alert without its place, in the language and degrees of this page. */
export function alertMatter(alert: Alert): string {
  const { condition, noData, text, words: own, quantity, value, limit, window, device } = alert
  const written = own?.[language.value]
  if (written !== undefined) return written
  if (condition === 'message') return text ?? alert.message
  const unit = unitOf(quantity ?? '')
  const isChange = condition === 'rises' || condition === 'falls'
  const told = (amount: number | null) =>
    amount === null
      ? figure(Number.NaN, '')
      : isChange
        ? differenceWithUnit(amount, unit, limit ?? amount)
        : figureWithUnit(amount, unit, condition === 'silent' ? null : limit)
  return matters()[noData ? 'noData' : condition]({
    name: quantity === null ? '' : quantityName(quantity),
    value: isChange || value === null ? told(value) : timed(alert, told),
    limit: told(limit),
    window: duration(window ?? 0),
    device: device ?? '',
    text,
  })
}

const when = words({
  en: { now: (value: string) => `now ${value}`, at: (value: string, time: string) => `${value} at ${time}` },
  'zh-TW': { now: (value: string) => `現在 ${value}`, at: (value: string, time: string) => `${time} 為 ${value}` },
})

/** A value with its time: after an hour, that of the start would read as the current one. */
function timed({ state, late, room, quantity, value, fired, started }: Alert, told: (amount: number | null) => string): string {
  if (state === 'resolved' && !late) return ''
  const here = roomOf(room)
  const current = here?.quantities[quantity ?? '']
  // With several devices in a room, the shown value may be that of another one.
  if (state !== 'resolved' && current !== undefined && !current.stale && (here?.devices.length ?? 0) < 2)
    return when().now(told(current.value))
  const since = fired ?? started
  return when().at(told(value), second.value - since < day / 2 ? clock(since) : minute(since))
}

/** The display name of a room. */
export const roomName = (room: string): string => roomOf(room)?.name ?? room

/** The room of an alert, or else its device. */
export function alertPlace({ room, device }: Pick<Alert, 'room' | 'device'>): string {
  return room === null ? (device ?? '') : roomName(room)
}

const endings = words<Record<Ending, (rule: string) => string>>({
  en: {
    'rule-off': (rule) => `the rule “${rule}” was switched off`,
    'rule-removed': (rule) => `the rule “${rule}” was removed`,
    'rule-changed': (rule) => `the rule “${rule}” was changed`,
    forgotten: () => 'forgotten',
    moved: () => 'another device took over',
  },
  'zh-TW': {
    'rule-off': (rule) => `規則「${rule}」已停用`,
    'rule-removed': (rule) => `規則「${rule}」已移除`,
    'rule-changed': (rule) => `規則「${rule}」已變更`,
    forgotten: () => '已從名單中移除',
    moved: () => '由另一台裝置接手',
  },
})

/** Why an alert ended although its condition was not over; empty: the condition was over. */
export const alertEnding = (alert: Alert): string => (alert.ended === null ? '' : endings()[alert.ended](titleOf(alert)))

const recovering = words({ en: 'recovering', 'zh-TW': '恢復中' })

/** An alert as one sentence, in the language and degrees of this page. */
export function alertSentence(alert: Alert): string {
  const place = alertPlace(alert)
  const matter = alert.state === 'recovering' ? `${alertMatter(alert)} · ${recovering()}` : alertMatter(alert)
  return place === '' ? matter : language.value === 'en' ? `${place}: ${matter}` : `${place}：${matter}`
}

const severityWords = words<{ names: Record<Severity, string>; count: Record<Severity, (count: number) => string> }>({
  en: {
    names: { critical: 'Critical', warning: 'Warning', info: 'Notice' },
    count: {
      critical: (count) => `${count} critical`,
      warning: (count) => (count === 1 ? '1 warning' : `${count} warnings`),
      info: (count) => (count === 1 ? '1 notice' : `${count} notices`),
    },
  },
  'zh-TW': {
    names: { critical: '緊急', warning: '警告', info: '提醒' },
    count: { critical: (count) => `${count} 則緊急`, warning: (count) => `${count} 則警告`, info: (count) => `${count} 則提醒` },
  },
})

export const severityName = (severity: Severity): string => severityWords().names[severity]

/** `30 warnings` */
export const severityCount = (severity: Severity, count: number): string => severityWords().count[severity](count)
