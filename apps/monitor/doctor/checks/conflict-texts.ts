import type { Problem } from '@hearthwatch/api/devices'

interface Text {
  what: string
  why: string
  do: string
}

type Texts = Readonly<Record<Problem['problem'], (id: string, problem: Problem) => Text>>

const list = (addresses: readonly string[] | undefined) => (addresses ?? []).join(', ')

const en: Texts = {
  'topic-of-another': (id, { topic, device }) => ({
    what: `${id} announces ${topic}, which ${device ?? 'another sensor'} has.`,
    why: 'Its readings on this topic are not stored.',
    do: 'Confirm its room on its page if this sensor is right, and forget the other one.',
  }),
  'not-its-room': (id, { topic, room }) => ({
    what: `${id} announces ${topic}, and may not write into that room.`,
    why: 'Its readings on this topic are not stored.',
    do: `npm run setup -- sensor move ${id} '${room}' (or correct its ROOM, PROBES or STATUS_TOPIC)`,
  }),
  'states-other-room': (id, { room }) => ({
    what: `The settings of ${id} name the room ${room}, and setup or a person has given it another one.`,
    why: 'Its readings stay in the room that it was given.',
    do: `npm run setup -- sensor move ${id} '${room}' (or correct its ROOM)`,
  }),
  'login-removed': (id) => ({
    what: `The login of ${id} was removed.`,
    why: 'It owns no topic any more.',
    do: `Forget it on its page, or: npm run setup -- sensor add ROOM --id ${id}`,
  }),
  'rows-aside': (id, { topic, count }) => ({
    what: `${count} values of ${id} for ${topic} are not stored.`,
    why: 'Their room is not its own. It sends them again once its room is confirmed, for seven days.',
    do: 'Confirm its room on its page.',
  }),
  'live-differs': (id, { topic }) => ({
    what: `Another program publishes on ${topic}, a topic of ${id}.`,
    why: 'The page shows values that the sensor has not measured.',
    do: 'Find the program that does, and change the password of guest: npm run setup',
  }),
  'live-refused': (id, { topic, room }) => ({
    what: `${topic} of ${id} is not delivered: its access list has another room.`,
    why: 'Only its stored batches arrive, so this room and its alerts are late.',
    do: `npm run setup -- sensor move ${id} '${room ?? roomIn(topic)}' (or correct its ROOM)`,
  }),
  'taken-over': (id, { count, addresses }) => ({
    what: `The login of ${id} was taken over ${count} times within 10 minutes, from ${list(addresses)}.`,
    why: 'Two machines use it, such as one with a copy of the card. Each ends the connection of the other.',
    do: 'npm run setup -- sensor add ROOM (a login of its own for one of them)',
  }),
}

const zhTW: Texts = {
  'topic-of-another': (id, { topic, device }) => ({
    what: `${id} 宣告了 ${topic}，但它屬於${device === null ? '另一個感測器' : ` ${device}`}。`,
    why: '它在這個主題的讀數不會儲存。',
    do: '如果這個感測器才是對的，請在它的頁面確認房間，並移除另一個。',
  }),
  'not-its-room': (id, { topic, room }) => ({
    what: `${id} 宣告了 ${topic}，但它不能寫入那個房間。`,
    why: '它在這個主題的讀數不會儲存。',
    do: `npm run setup -- sensor move ${id} '${room}'（或修正它的 ROOM、PROBES、STATUS_TOPIC）`,
  }),
  'states-other-room': (id, { room }) => ({
    what: `${id} 的設定檔寫的房間是${room}，和 setup 或使用者指定的不同。`,
    why: '它的讀數仍屬於指定的房間。',
    do: `npm run setup -- sensor move ${id} '${room}'（或修正它的 ROOM）`,
  }),
  'login-removed': (id) => ({
    what: `${id} 的帳號已移除。`,
    why: '它不再擁有任何主題。',
    do: `在它的頁面移除裝置，或執行：npm run setup -- sensor add 房間 --id ${id}`,
  }),
  'rows-aside': (id, { topic, count }) => ({
    what: `${id} 有 ${count} 筆 ${topic} 的數值沒有儲存。`,
    why: '那不是它的房間。七天內確認房間後，它會重新送出。',
    do: '請在它的頁面確認房間。',
  }),
  'live-differs': (id, { topic }) => ({
    what: `有其他程式發布到 ${id} 的主題 ${topic}。`,
    why: '網頁會顯示感測器沒有量到的數值。',
    do: '請找出那個程式，並更換 guest 的密碼：npm run setup',
  }),
  'live-refused': (id, { topic, room }) => ({
    what: `${id} 的 ${topic} 沒有送達：存取清單寫的是別的房間。`,
    why: '只有批次資料會到，所以這個房間和它的警報都會延遲。',
    do: `npm run setup -- sensor move ${id} '${room ?? roomIn(topic)}'（或修正它的 ROOM）`,
  }),
  'taken-over': (id, { count, addresses }) => ({
    what: `${id} 的帳號在 10 分鐘內被接手 ${count} 次，來自 ${list(addresses)}。`,
    why: '有兩台機器共用帳號，例如其中一台用了記憶卡的複本。它們會互相中斷連線。',
    do: 'npm run setup -- sensor add 房間（為其中一台建立自己的帳號）',
  }),
}

/** The room in the topic of a reading. */
const roomIn = (topic: string | null): string => topic?.split('/')[1] ?? 'ROOM'

/** The texts of each conflict of a device, by language. */
export const conflictTexts = { en, 'zh-TW': zhTW }
