import type { Message } from '../channel.ts'

/** What the buttons below a message say; the words of the message itself come with it. */
const labels = {
  en: { open: 'Open Hearthwatch', acknowledge: 'Acknowledge' },
  'zh-TW': { open: '開啟 Hearthwatch', acknowledge: '確認' },
}

export type ButtonLanguage = keyof typeof labels

export interface Button {
  label: string
  address: string
}

/** The buttons of a message; null where there is no such address. */
export function buttonsOf(message: Message, language: ButtonLanguage): { open: Button | null; acknowledge: Button | null } {
  const button = (label: string, address: string | null) => (address === null ? null : { label, address })
  const { open, acknowledge } = labels[language]
  return { open: button(open, message.link), acknowledge: button(acknowledge, message.acknowledge) }
}
