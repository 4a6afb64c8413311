import { words } from '../../words/language.ts'

export const say = words({
  en: {
    title: 'First steps',
    progress: (done: number, all: number) => `${done} of ${all} done`,
    putAway: 'Hide',
    done: 'done',
    open: 'to do',
    and: ', ',
    steps: {
      sensor: 'A sensor reports',
      channel: 'Somebody is told of alerts',
      phone: 'Your phone can open this page',
      freezer: 'A rule guards the freezer',
      backup: 'There is a backup',
    },
    why: {
      sensor: () => 'A Raspberry Pi, an ESP, or a program of your own.',
      channel: () => 'By mail, ntfy, LINE, Telegram … Until then alerts appear on this page only.',
      phone: () => 'So far only this machine has opened it.',
      freezer: (rooms: string) => `${rooms}: nobody is told when it thaws.`,
      backup: () => 'One is written each night. To make one now, run npm run backup on the machine of the monitor.',
    },
    act: { sensor: 'Add a sensor', channel: 'Add a channel', phone: 'Show how', freezer: 'Make the rule', backup: 'I have one' },
  },
  'zh-TW': {
    title: '開始使用',
    progress: (done: number, all: number) => `已完成 ${done}／${all}`,
    putAway: '隱藏',
    done: '已完成',
    open: '待完成',
    and: '、',
    steps: {
      sensor: '感測器已回報資料',
      channel: '有人會收到警報通知',
      phone: '手機可以開啟這個頁面',
      freezer: '冷凍庫有規則看守',
      backup: '已有備份',
    },
    why: {
      sensor: () => 'Raspberry Pi、ESP 或自己寫的程式都可以。',
      channel: () => '電子郵件、ntfy、LINE、Telegram…；在此之前，警報只出現在這個頁面。',
      phone: () => '到目前為止只有這台電腦開啟過。',
      freezer: (rooms: string) => `${rooms}：退冰時不會通知任何人。`,
      backup: () => '每天夜裡會自動備份；要立刻備份，請在監控程式的機器上執行 npm run backup。',
    },
    act: { sensor: '新增感測器', channel: '新增管道', phone: '查看作法', freezer: '建立規則', backup: '我已備份' },
  },
})
