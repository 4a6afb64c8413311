import { type Finding, ok, skipped, warning } from '@hearthwatch/doctor'
import { type Check, inLanguage } from '../check.ts'

const texts = {
  en: {
    unread: 'The figures of the broker ($SYS) were not read.',
    unreadWhy: 'Its access list does not grant them, it has none, or the monitor runs: its session would keep the subscription.',
    good: (version: string, clients: string) => `The broker is ${version}, with ${clients} clients.`,
    dropped: (count: string) => `The broker has dropped ${count} messages since its start.`,
    droppedWhy: 'The queue of an absent client was full. The monitor loses no readings of sensors with an outbox.',
    droppedDo: 'In mosquitto.conf: max_queued_messages 100000',
  },
  'zh-TW': {
    unread: '沒有讀取 broker 的統計（$SYS）。',
    unreadWhy: '存取清單沒有允許、broker 沒有提供，或監控程式執行中：它的工作階段會保留這個訂閱。',
    good: (version: string, clients: string) => `broker 是 ${version}，有 ${clients} 個用戶端。`,
    dropped: (count: string) => `broker 啟動以來丟棄了 ${count} 則訊息。`,
    droppedWhy: '離線用戶端的佇列已滿。有寄件匣的感測器不會遺失讀數。',
    droppedDo: '在 mosquitto.conf 加上：max_queued_messages 100000',
  },
}

export const limitsCheck: Check = {
  id: 'limits',
  needs: 'connection',
  async run(patient) {
    const say = inLanguage(texts, patient)
    const figures = (await patient.live?.figures()) ?? null
    if (figures === null || figures.size === 0)
      return [skipped('limits', say.unread, patient.live === null ? patient.liveProblem : say.unreadWhy)]
    const found: Finding[] = [ok('limits', say.good(figures.get('version') ?? '?', figures.get('clients/connected') ?? '?'))]
    const dropped = figures.get('publish/messages/dropped') ?? '0'
    if (Number(dropped) > 0) found.push(warning('limits.dropped', say.dropped(dropped), say.droppedWhy, say.droppedDo))
    return found
  },
}
