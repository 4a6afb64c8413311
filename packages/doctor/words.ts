/** Words of the checks that a sensor and the monitor share. */
const en = {
  summary: {
    counts: (errors: number, warnings: number, good: number, skipped: number) =>
      `Errors: ${errors}, warnings: ${warnings}, good: ${good}, not checked: ${skipped}.`,
    unchecked: (ids: string) => `Not checked, each for the reason above: ${ids}.`,
  },
  clock: {
    good: 'The clock is synchronised.',
    bad: (time: string) => `The clock was never set: it shows ${time}.`,
    unsure: (time: string) => `The clock is not synchronised. It shows ${time}.`,
    why: 'Certificates are refused and readings have guessed times until a time server or the monitor answers.',
    do: 'Connect the machine to a time server (timedatectl set-ntp true).',
  },
  dns: {
    good: (host: string, address: string) => `The broker's host ${host} has the address ${address}.`,
    bad: (host: string) => `The broker's host ${host} is not known.`,
    multicast: 'Names in .local are multicast DNS, which containers do not resolve.',
    do: 'Check MQTT_URL and the network; an address such as 192.168.1.10 needs no look-up.',
  },
  tcp: {
    good: (at: string) => `A program listens on ${at}.`,
    bad: (at: string) => `The broker does not answer on ${at}.`,
    do: 'Start the broker, check host and port in MQTT_URL, and look for a firewall.',
    refused: 'No program listens on this port.',
    timeout: 'No answer within 5 s.',
  },
  tls: {
    none: 'The connection is not encrypted.',
    noneWhy: 'MQTT_URL does not begin with mqtts:// or wss://.',
    good: (until: string) => `The broker's certificate is trusted until ${until}.`,
    soon: (until: string) => `The broker's certificate expires on ${until}.`,
    soonDo: 'Run setup on the broker to renew it.',
    bad: "The broker's certificate is refused.",
    early: (from: string, clock: string) => `It is valid from ${from}, and the clock of this machine shows ${clock}.`,
    earlyDo: 'Set the clock. The sensor retries, and connects when its clock is right.',
    expired: (until: string, clock: string) => `It expired on ${until}, and the clock of this machine shows ${clock}.`,
    name: (host: string, names: string) => `It is for ${names}, not for ${host}.`,
    nameDo: 'Use one of these names in MQTT_URL, or add the name with setup --host on the broker.',
    issuer: (theirs: string, ours: string) => `It was signed by ${theirs}. The authority in MQTT_CA_FILE is ${ours}.`,
    noAuthority: 'not set',
    unreadableAuthority: 'not a PEM file',
    issuerDo: 'Copy ca.crt from the broker, and name it in MQTT_CA_FILE.',
    noTls: 'The server does not speak TLS.',
    noTlsDo: 'Use the TLS port (8883), or mqtt:// for an unencrypted connection.',
  },
  unreachable: 'The broker was not reached.',
}

const zhTW: typeof en = {
  summary: {
    counts: (errors, warnings, good, skipped) => `錯誤 ${errors}，警告 ${warnings}，正常 ${good}，未檢查 ${skipped}。`,
    unchecked: (ids) => `未檢查的項目（原因如上）：${ids}。`,
  },
  clock: {
    good: '時鐘已同步。',
    bad: (time) => `時鐘從未校準，目前顯示 ${time}。`,
    unsure: (time) => `時鐘沒有同步，目前顯示 ${time}。`,
    why: '在時間伺服器或監控程式回應之前，憑證會被拒絕，讀數的時間只是推估。',
    do: '請讓機器連上時間伺服器（timedatectl set-ntp true）。',
  },
  dns: {
    good: (host, address) => `broker 的主機 ${host} 位址是 ${address}。`,
    bad: (host) => `找不到 broker 的主機 ${host}。`,
    multicast: '.local 名稱屬於 mDNS，容器無法查詢。',
    do: '請檢查 MQTT_URL 和網路；直接寫 192.168.1.10 這樣的位址就不必查詢。',
  },
  tcp: {
    good: (at) => `${at} 有程式在接聽。`,
    bad: (at) => `broker 在 ${at} 沒有回應。`,
    do: '請啟動 broker，檢查 MQTT_URL 的主機與連接埠，以及防火牆。',
    refused: '這個連接埠沒有程式在接聽。',
    timeout: '5 秒內沒有回應。',
  },
  tls: {
    none: '連線沒有加密。',
    noneWhy: 'MQTT_URL 不是以 mqtts:// 或 wss:// 開頭。',
    good: (until) => `broker 的憑證受信任，有效到 ${until}。`,
    soon: (until) => `broker 的憑證將於 ${until} 到期。`,
    soonDo: '請在 broker 上執行 setup 更新憑證。',
    bad: 'broker 的憑證被拒絕。',
    early: (from, clock) => `憑證從 ${from} 起才有效，而這台機器的時鐘顯示 ${clock}。`,
    earlyDo: '請校準時鐘。感測器會持續重試，時鐘正確後就會連上。',
    expired: (until, clock) => `憑證已於 ${until} 到期，而這台機器的時鐘顯示 ${clock}。`,
    name: (host, names) => `憑證屬於 ${names}，不是 ${host}。`,
    nameDo: '請在 MQTT_URL 使用其中一個名稱，或在 broker 上以 setup --host 加入這個名稱。',
    issuer: (theirs, ours) => `它由 ${theirs} 簽發，而 MQTT_CA_FILE 裡的機構是 ${ours}。`,
    noAuthority: '未設定',
    unreadableAuthority: '不是 PEM 檔',
    issuerDo: '請從 broker 複製 ca.crt，並寫在 MQTT_CA_FILE。',
    noTls: '伺服器不使用 TLS。',
    noTlsDo: '請使用 TLS 的連接埠（8883），或改用不加密的 mqtt://。',
  },
  unreachable: '沒有連上 broker。',
}

export type Words = typeof en

export function wordsOf(language: string | undefined): Words {
  return language === 'zh-TW' ? zhTW : en
}
