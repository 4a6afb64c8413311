import type { Message, Preview } from './channel.ts'
import { chatText, fit } from './fit.ts'

/** Labels of the buttons below a message. */
const labels = {
  en: { open: 'Open Hearthwatch', acknowledge: 'Acknowledge', colon: ': ' },
  'zh-TW': { open: '開啟 Hearthwatch', acknowledge: '確認', colon: '：' },
}

/** Words of the worker that shows a notification in a browser. */
export const browserWords = {
  en: { acknowledge: labels.en.acknowledge, failed: 'Not acknowledged: the monitor cannot be reached.' },
  'zh-TW': { acknowledge: labels['zh-TW'].acknowledge, failed: '未能確認：無法連上監控程式。' },
}

export type ButtonLanguage = keyof typeof labels

export interface Button {
  label: string
  address: string
}

/** The buttons of a message; null if the message has no such address. */
export function buttonsOf(message: Message, language: ButtonLanguage): { open: Button | null; acknowledge: Button | null } {
  const button = (label: string, address: string | null) => (address === null ? null : { label, address })
  const { open, acknowledge } = labels[language]
  return { open: button(open, message.link), acknowledge: button(acknowledge, message.acknowledge) }
}

/** The same as lines of text, for services without buttons. */
function linksOf(message: Message, language: ButtonLanguage): string {
  const { open, acknowledge } = buttonsOf(message, language)
  return [acknowledge, open].flatMap((button) => (button ? [`${button.label}${labels[language].colon}${button.address}`] : [])).join('\n')
}

/** The text and these lines, in at most `most` UTF-16 units. */
export function withLinks(message: Message, language: ButtonLanguage, most: number): string {
  const links = linksOf(message, language)
  return links === '' ? fit(chatText(message), most) : `${fit(chatText(message), most - links.length - 2)}\n\n${links}`
}

/** A chat message of at most `most` UTF-16 units with buttons below it. */
export function chatPreview(message: Message, language: ButtonLanguage, most: number): Preview {
  const { open, acknowledge } = buttonsOf(message, language)
  const buttons = [acknowledge, open].flatMap((button) => (button ? [button.label] : []))
  return { title: null, text: fit(chatText(message), most), html: null, buttons }
}
