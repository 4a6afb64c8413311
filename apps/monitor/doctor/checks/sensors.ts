import { type Finding, ok, skipped, warning } from '@hearthwatch/doctor'
import { type Check, inLanguage } from '../check.ts'
import { conflictTexts } from './conflict-texts.ts'

const texts = {
  en: {
    unknown: 'No sensor is known yet.',
    good: (count: number) => `Sensors that are known: ${count}. No conflicts.`,
    shared: (topic: string, ids: string) => `The sensors ${ids} have one status topic: ${topic}.`,
    sharedWhy: 'Neither can be shown as offline by it.',
    sharedDo: 'Set STATUS_TOPIC=device/{id}/status for one of them.',
    twice: (topic: string, ids: string) => `The sensors ${ids} announce the same topic: ${topic}.`,
    twiceWhy: 'Only one of them can have it; the readings of the other are not stored.',
    twiceDo: 'Correct ROOM or PROBES of one of them, or forget the one that is gone, on its page.',
    cloned: (id: string, count: number) => `${id} sends from ${count} outboxes at the same time.`,
    clonedWhy: 'Machines with a copy of one card share its login, and each ends the connection of the other.',
    clonedDo: 'npm run setup -- sensor add ROOM (a login of its own for each copy)',
    leftovers: (count: number, list: string) => `Retained messages of unknown devices: ${count} (${list}).`,
    leftoversWhy: 'They are shown as old values after each restart of a program that subscribes.',
    leftoversDo: (topic: string) => `mosquitto_pub -r -n -t '${topic}'`,
  },
  'zh-TW': {
    unknown: '還沒有任何感測器。',
    good: (count: number) => `已知的感測器：${count} 個，沒有衝突。`,
    shared: (topic: string, ids: string) => `感測器 ${ids} 使用同一個狀態主題：${topic}。`,
    sharedWhy: '因此無法顯示其中哪一個離線。',
    sharedDo: '請為其中一個設定 STATUS_TOPIC=device/{id}/status。',
    twice: (topic: string, ids: string) => `感測器 ${ids} 宣告同一個主題：${topic}。`,
    twiceWhy: '只有一個能擁有它，另一個的讀數不會儲存。',
    twiceDo: '請修正其中一個的 ROOM 或 PROBES，或在裝置頁面移除已不存在的。',
    cloned: (id: string, count: number) => `${id} 同時從 ${count} 個寄件匣送出資料。`,
    clonedWhy: '使用同一張記憶卡複本的機器共用帳號，會互相中斷連線。',
    clonedDo: 'npm run setup -- sensor add 房間（為每一台建立自己的帳號）',
    leftovers: (count: number, list: string) => `不明裝置的保留訊息：${count} 則（${list}）。`,
    leftoversWhy: '每次有程式訂閱時，它們都會顯示成舊的數值。',
    leftoversDo: (topic: string) => `mosquitto_pub -r -n -t '${topic}'`,
  },
}

/** Topics of a finding that are listed by name. */
const most = 5

export const sensorsCheck: Check = {
  id: 'sensors',
  needs: 'connection',
  async run(patient) {
    const say = inLanguage(texts, patient)
    const { database, live, liveProblem } = patient
    const devices = database?.devices ?? []
    if (devices.length === 0) return [skipped('sensors', say.unknown, '')]
    const found: Finding[] = []
    for (const [topic, ids] of sharedBy(devices.map(({ id, info }) => [id, info?.status === undefined ? [] : [info.status]])))
      found.push(warning('sensors.status', say.shared(topic, ids.join(', ')), say.sharedWhy, say.sharedDo))
    for (const [topic, ids] of sharedBy(devices.map(({ id, info }) => [id, (info?.readings ?? []).map((reading) => reading.topic)])))
      found.push(warning('sensors.topic', say.twice(topic, ids.join(', ')), say.twiceWhy, say.twiceDo))
    for (const { device, problem } of live?.problems() ?? []) {
      const { what, why, do: remedy } = conflictTexts[patient.language][problem.problem](device, problem)
      found.push(warning(`sensors.${problem.problem}`, what, why, remedy))
    }
    for (const { id, outboxes } of devices)
      if (outboxes > 1) found.push(warning('sensors.cloned', say.cloned(id, outboxes), say.clonedWhy, say.clonedDo))
    const known = new Set(devices.map(({ id }) => id))
    const leftovers = ((await live?.retained()) ?? []).filter((topic) => {
      const [root, id = ''] = topic.split('/')
      return root === 'device' && !known.has(id)
    })
    if (leftovers.length > 0) {
      const list = leftovers.slice(0, most).join(', ') + (leftovers.length > most ? ', …' : '')
      found.push(warning('sensors.retained', say.leftovers(leftovers.length, list), say.leftoversWhy, say.leftoversDo(leftovers[0] ?? '')))
    }
    if (found.length === 0) found.push(ok('sensors', say.good(devices.length)))
    if (live === null) found.push(skipped('sensors.retained', liveProblem, ''))
    return found
  },
}

/** The topics that several devices name. */
function sharedBy(named: readonly (readonly [id: string, topics: readonly string[]])[]): [string, string[]][] {
  const ids = new Map<string, string[]>()
  for (const [id, topics] of named) for (const topic of new Set(topics)) ids.set(topic, [...(ids.get(topic) ?? []), id])
  return [...ids].filter(([, several]) => several.length > 1)
}
