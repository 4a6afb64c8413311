import { error, type Finding, ok, skipped, warning } from '@hearthwatch/doctor'
import { day } from '@hearthwatch/protocol/durations'
import type { Channel } from '../../notify/channels/channel.ts'
import { DeliveryError } from '../../notify/channels/channel.ts'
import { createChannel } from '../../notify/channels/registry.ts'
import type { Localized } from '../../notify/text/localized.ts'
import { type Check, inLanguage, type Patient } from '../check.ts'

const texts = {
  en: {
    none: 'No channel is set up in the settings: nobody is told of alerts, unless one is set up on the page.',
    noneWhy: 'An alert is then seen only by a person who looks at the page.',
    noneDo: 'Set SMTP_URL and MAIL_TO, or add a channel on the page, under Notifications.',
    good: (name: string) => `The channel ${name} accepts its login. Nothing was sent.`,
    bad: (name: string) => `The channel ${name} does not work.`,
    noCall: (name: string) => `The login of the channel ${name} was not tested.`,
    noCallWhy: 'The service has no call for it without a message.',
    test: (name: string) => `npm run notify-test -- --channel ${name}`,
    never: (name: string) => `No message has got through yet on the channel ${name}.`,
    neverWhy: 'A mistyped recipient shows only then.',
    failed: (name: string, date: string) => `The last message on the channel ${name} failed on ${date}.`,
    last: (name: string, date: string) => `The last message on the channel ${name} got through on ${date}.`,
  },
  'zh-TW': {
    none: '設定裡沒有通知管道：除非在網頁上設定，否則沒有人會收到警報。',
    noneWhy: '警報只有在有人看網頁時才會被發現。',
    noneDo: '請設定 SMTP_URL 和 MAIL_TO，或在網頁的「通知」新增管道。',
    good: (name: string) => `管道 ${name} 接受登入，沒有送出訊息。`,
    bad: (name: string) => `管道 ${name} 無法使用。`,
    noCall: (name: string) => `沒有測試管道 ${name} 的登入。`,
    noCallWhy: '這個服務不送訊息就無法測試。',
    test: (name: string) => `npm run notify-test -- --channel ${name}`,
    never: (name: string) => `管道 ${name} 還沒有成功送出過訊息。`,
    neverWhy: '收件者打錯時，要到這時才會發現。',
    failed: (name: string, date: string) => `管道 ${name} 最近一則訊息於 ${date} 失敗。`,
    last: (name: string, date: string) => `管道 ${name} 最近一次成功送出是 ${date}。`,
  },
}

type Say = (typeof texts)['en']

export const channelsCheck: Check = {
  id: 'channels',
  needs: 'machine',
  async run(patient) {
    const say = inLanguage(texts, patient)
    const { channels } = patient.config
    const onPage = (patient.database?.channels ?? []).length > 0
    if (channels.length === 0) return onPage ? history(patient, [], say) : [warning('channels', say.none, say.noneWhy, say.noneDo)]
    const found = await Promise.all(
      channels.map(async (parsed) => {
        const channel = createChannel(parsed, () => patient.now)
        try {
          return await checkChannel(channel, patient, say)
        } finally {
          channel.close()
        }
      }),
    )
    return [
      ...found,
      ...history(
        patient,
        channels.map(({ name }) => name),
        say,
      ),
    ]
  },
}

async function checkChannel({ name, check }: Channel, { language }: Patient, say: Say): Promise<Finding> {
  if (check === undefined) return skipped(`channels.${name}`, say.noCall(name), say.noCallWhy, say.test(name))
  try {
    await check()
    return ok(`channels.${name}`, say.good(name))
  } catch (failure) {
    const why = failure instanceof DeliveryError ? failure.why[language] : (failure as Error).message
    return error(`channels.${name}`, say.bad(name), why, say.test(name))
  }
}

/** The last success of each channel: a login that works says nothing of a mistyped recipient. */
function history({ database, language }: Patient, names: readonly string[], say: Say): Finding[] {
  if (database === null) return []
  const known = new Map(database.channels.map((one) => [one.channel, one]))
  return [...new Set([...names, ...known.keys()])].map((name) => {
    const { sent = null, failed = null, error: text = null } = known.get(name) ?? {}
    if (failed !== null && failed > (sent ?? 0))
      return warning(`channels.${name}.last`, say.failed(name, dateOf(failed)), wordsIn(text, language), say.test(name))
    if (sent === null) return warning(`channels.${name}.last`, say.never(name), say.neverWhy, say.test(name))
    return ok(`channels.${name}.last`, say.last(name, dateOf(sent)))
  })
}

const dateOf = (time: number) => new Date(Math.floor(time / day) * day).toISOString().slice(0, 10)

function wordsIn(text: string | null, language: keyof Localized): string {
  try {
    const parsed = JSON.parse(text ?? '""') as Localized | string
    return typeof parsed === 'string' ? parsed : (parsed[language] ?? '')
  } catch {
    return text ?? ''
  }
}
