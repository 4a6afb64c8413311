import type { LoginKind } from '@hearthwatch/foreign/logins'

/** The words of `setup device …` for people, in each language. */
export interface DeviceWords {
  none: string
  header: [name: string, kind: string, topic: string]
  added(name: string, kind: string): string
  kept(name: string): string
  rotated(name: string): string
  removed(name: string): string
  /** The place for the lines that follow. */
  where: Record<LoginKind, string>
  secret: string
  ca: string
  reload: string
  open(setting: string): string
  follow(value: string): string
  noBroker: string
}

const en: DeviceWords = {
  none: 'No device has a login yet.',
  header: ['name', 'kind', 'topic or room'],
  added: (name, kind) => `The login ${name} for ${kind} is added: it may write its own topics and no others.`,
  kept: (name) => `The login ${name} exists already; nothing has changed.`,
  rotated: (name) => `The login ${name} has a new password. The old one is void now, and its connection is closed.`,
  removed: (name) =>
    `The login ${name} is removed: its password and its rights are void, and its connection is closed. The page keeps its devices until you forget them there.`,
  where: {
    tasmota: 'On the page of the device, open Consoles → Console and enter:',
    esphome: 'Add this to the configuration of the node, beside its sensors, and install it:',
    shelly: 'Replace SHELLY by the address of the device, and run:',
    'shelly-gen1': 'Replace SHELLY by the address of the device, and run (this ends its connection to the Shelly cloud):',
    zigbee2mqtt: 'Put this into configuration.yaml of Zigbee2MQTT, or the same values under Settings, and restart it:',
    ruuvi: 'In the setup of the gateway, choose MQTT and enter these values:',
    rtl_433: 'Start rtl_433 with this command:',
    homeassistant: 'In Home Assistant: Settings → Devices & services → Add integration → MQTT, with these values:',
    script: 'Try it with this command; any client that publishes a number does the same:',
  },
  secret: 'It contains the password: show it to nobody.',
  ca: 'The connection has TLS. Save the authority as ca.crt where the program finds it: npm run setup -- show ca',
  reload: 'Make the running broker read its files again:',
  open: (setting) =>
    `The broker accepts connections without TLS from this machine only. For a device in the network, add ${setting} to .env and restart the house. Everyone in the network can then read such a password.`,
  follow: (value) => `The monitor does not follow it yet. Add this to .env and restart the monitor:\n  FOLLOW=${value}`,
  noBroker: 'The address of the broker is unknown. Give the one at which the device reaches it: --broker 192.168.1.10',
}

const zhTW: DeviceWords = {
  none: '還沒有裝置的帳號。',
  header: ['名稱', '種類', '主題或房間'],
  added: (name, kind) => `已加入 ${kind} 的帳號 ${name}：它只能寫入自己的主題。`,
  kept: (name) => `帳號 ${name} 已經存在，沒有任何變更。`,
  rotated: (name) => `帳號 ${name} 有了新密碼。舊密碼已失效，它的連線也已關閉。`,
  removed: (name) => `已移除帳號 ${name}：密碼和權限都已失效，連線也已關閉。網頁會保留它的裝置，直到你在網頁上刪除。`,
  where: {
    tasmota: '在裝置的網頁開啟「Consoles → Console」，輸入：',
    esphome: '把這段加入節點的設定檔，放在感測器旁邊，再安裝：',
    shelly: '把 SHELLY 換成裝置的位址，再執行：',
    'shelly-gen1': '把 SHELLY 換成裝置的位址，再執行（它會因此中斷 Shelly 雲端的連線）：',
    zigbee2mqtt: '把這段放進 Zigbee2MQTT 的 configuration.yaml，或在 Settings 填入相同的值，再重新啟動：',
    ruuvi: '在閘道器的設定選 MQTT，填入這些值：',
    rtl_433: '用這個指令啟動 rtl_433：',
    homeassistant: '在 Home Assistant：設定 → 裝置與服務 → 新增整合 → MQTT，填入這些值：',
    script: '用這個指令試試看；任何能發布數字的用戶端都可以：',
  },
  secret: '裡面有密碼，請不要給別人看。',
  ca: '這個連線使用 TLS。請把憑證授權單位存成程式找得到的 ca.crt：npm run setup -- show ca',
  reload: '請讓執行中的 broker 重新讀取檔案：',
  open: (setting) =>
    `broker 目前只接受這台電腦不用 TLS 的連線。要讓網路上的裝置連線，請在 .env 加入 ${setting}，再重新啟動。之後網路上的每個人都能讀到這種密碼。`,
  follow: (value) => `監控程式還沒有跟隨它。請在 .env 加入這一行，再重新啟動監控程式：\n  FOLLOW=${value}`,
  noBroker: '不知道 broker 的位址。請給裝置能連到的位址：--broker 192.168.1.10',
}

export const deviceWords = (language: string | undefined): DeviceWords => (language === 'zh-TW' ? zhTW : en)
