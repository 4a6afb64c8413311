import type { SensorResult } from './result.ts'

/** The words of `setup sensor …` for people, in each language. */
export interface SensorWords {
  none: string
  header: [id: string, room: string]
  added(id: string, room: string): string
  kept(id: string, room: string): string
  rotated(id: string): string
  moved(id: string, room: string): string
  removed(id: string): string
  paste(id: string): string
  files(files: readonly string[]): string
  start: string
  here(id: string): string
  reload: string
  setRoom(id: string, room: string): string
  monitor: Record<Exclude<SensorResult['monitor'], null>, string>
  plain(broker: string): string
  chooseBroker: string
  askBroker: string
  askRoom: string
  noBroker: string
}

const en: SensorWords = {
  none: 'There is no sensor yet.',
  header: ['id', 'room'],
  added: (id, room) => `The sensor ${id} in ${room} is added: the broker knows its password and its room.`,
  kept: (id, room) => `The sensor ${id} in ${room} exists already; nothing has changed.`,
  rotated: (id) => `The sensor ${id} has a new password. The old one is void now, and its connection is closed.`,
  moved: (id, room) => `The sensor ${id} may publish in ${room} now, and no longer in its old room.`,
  removed: (id) => `The sensor ${id} is removed: its password and its rights are void, and its connection is closed.`,
  paste: (id) =>
    `Paste this block once on the machine of ${id}, in the folder of Hearthwatch. It contains the password: show it to nobody.`,
  files: (files) => `Files for the other machine (they contain the password):\n${files.map((file) => `  ${file}`).join('\n')}`,
  start: 'Then start it there: npm run sensor',
  here: (id) => `Its settings are in the file of ${id} here. Start it again, so that it reads them.`,
  reload: 'Make the running broker read its files again:',
  setRoom: (id, room) =>
    `On the machine of ${id}, set ROOM=${room} in .env.sensor (a card: /etc/hearthwatch-sensor/sensor.env) and start it again.`,
  monitor: {
    told: 'The monitor has taken it over.',
    unreachable:
      'The monitor cannot be reached. When it runs, forget or move the device on its page; until then old retained messages stay.',
    refused: 'The monitor has refused it: the password in .env is not that of the running monitor. Use its page.',
    'unknown device': 'The monitor has never seen this device.',
  },
  plain: (broker) => `${broker} has no TLS: everyone in the network can read the password.`,
  chooseBroker: 'At which address does the other machine reach the broker?',
  askBroker: 'Address of the broker, as the other machine reaches it',
  askRoom: 'Room of the sensor',
  noBroker: 'The address of the broker is unknown. Give the one at which the sensor reaches it: --broker 192.168.1.10',
}

const zhTW: SensorWords = {
  none: '還沒有感測器。',
  header: ['代號', '房間'],
  added: (id, room) => `已加入${room}的感測器 ${id}：broker 已有它的密碼和房間。`,
  kept: (id, room) => `${room}的感測器 ${id} 已經存在，沒有任何變更。`,
  rotated: (id) => `感測器 ${id} 有了新密碼。舊密碼已失效，它的連線也已關閉。`,
  moved: (id, room) => `感測器 ${id} 現在可以在${room}發布，不能再於原來的房間發布。`,
  removed: (id) => `已移除感測器 ${id}：密碼和權限都已失效，連線也已關閉。`,
  paste: (id) => `在 ${id} 的機器上，於 Hearthwatch 的資料夾裡貼上這段內容一次。裡面有密碼，請不要給別人看。`,
  files: (files) => `給另一台機器的檔案（裡面有密碼）：\n${files.map((file) => `  ${file}`).join('\n')}`,
  start: '然後在那台機器上啟動：npm run sensor',
  here: (id) => `${id} 的設定在這台機器的檔案裡。請重新啟動它，讓它讀取新的設定。`,
  reload: '請讓執行中的 broker 重新讀取檔案：',
  setRoom: (id, room) =>
    `在 ${id} 的機器上，把 .env.sensor（記憶卡：/etc/hearthwatch-sensor/sensor.env）裡的 ROOM 改成 ${room}，再重新啟動。`,
  monitor: {
    told: '監控程式已同步更新。',
    unreachable: '連不上監控程式。等它執行後，請在網頁上刪除或移動這個裝置；在那之前，舊的保留訊息還會留著。',
    refused: '監控程式拒絕了：.env 裡的密碼和執行中的監控程式不同。請改用網頁操作。',
    'unknown device': '監控程式從未見過這個裝置。',
  },
  plain: (broker) => `${broker} 沒有 TLS：網路上的每個人都能讀到密碼。`,
  chooseBroker: '另一台機器從哪個位址連到 broker？',
  askBroker: 'broker 的位址（從另一台機器看）',
  askRoom: '感測器的房間',
  noBroker: '不知道 broker 的位址。請給感測器能連到的位址：--broker 192.168.1.10',
}

export function sensorWords(language: string | undefined): SensorWords {
  return language === 'zh-TW' ? zhTW : en
}
