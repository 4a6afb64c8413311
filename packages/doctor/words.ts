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
    multicastDo: (host: string) =>
      `Write the address of the broker into MQTT_URL. On its host, avahi-resolve -n ${host} prints it. Or add it to extra_hosts.`,
    unknown: 'No name server of this machine has this name.',
    do: 'Check MQTT_URL and the network; an address such as 192.168.1.10 needs no look-up.',
  },
  tcp: {
    good: (at: string) => `A program listens on ${at}.`,
    bad: (at: string) => `The broker does not answer on ${at}.`,
    do: 'Start the broker, check host and port in MQTT_URL, and look for a firewall.',
    refused: 'No program listens on this port.',
    timeout: 'No answer within 5 s.',
    answer: (address: string, why: string) => `${address}: ${why}`,
  },
  tls: {
    none: 'The connection is not encrypted.',
    noneWhy: 'MQTT_URL does not begin with mqtts:// or wss://.',
    good: (until: string) => `The broker's certificate is trusted until ${until}.`,
    soon: (until: string) => `The broker's certificate expires on ${until}.`,
    soonWhy: 'After that no program with TLS can connect.',
    soonDo: 'On the broker: npm run setup -- renew',
    bad: "The broker's certificate is refused.",
    early: (from: string, clock: string) => `It is valid from ${from}, and the clock of this machine shows ${clock}.`,
    earlyDo: 'Set the clock. The sensor retries, and connects when its clock is right.',
    expired: (until: string, clock: string) => `It expired on ${until}, and the clock of this machine shows ${clock}.`,
    name: (host: string, names: string) => `It is for ${names}, not for ${host}.`,
    nameDo: (host: string) => `On the broker: npm run setup -- --host ${host} (or use one of these names in MQTT_URL)`,
    issuer: (theirs: string, ours: string) => `It was signed by ${theirs}. The authority in MQTT_CA_FILE is ${ours}.`,
    noAuthority: 'not set',
    unreadableAuthority: 'not a PEM file',
    issuerDo: 'On the broker: npm run setup -- show ca > ca.crt (copy it here, and name it in MQTT_CA_FILE)',
    noTls: 'The server does not speak TLS.',
    noTlsDo: 'Use the TLS port (8883), or mqtt:// for an unencrypted connection.',
  },
  supervisor: {
    names: { monitor: 'The monitor', sensor: 'The sensor' },
    unit: (name: string, unit: string) => `${name} runs as ${unit}, and comes back after a reboot.`,
    disabled: (name: string, unit: string) => `${name} runs as ${unit}, which is not enabled: it will not come back after a reboot.`,
    container: (name: string) => `${name} runs in a container.`,
    byHand: (name: string) => `${name} was started by hand, and will not come back after a reboot.`,
    byHandWhy: 'No program starts it again, so nothing is measured or stored until a person notices.',
    byHandDo: 'sudo npm run setup -- service (or use Docker Compose)',
    hidden: (name: string) => `${name}: its process is not visible to this user.`,
    hiddenWhy: 'It belongs to another user.',
  },
  wear: {
    bad: (device: string, errors: number, date: string) => `The kernel has noted ${errors} faults on ${device}, the last on ${date}.`,
    why: (written: string) => `${written} were written to it. A card or disk that is worn soon fails completely, with all that is on it.`,
    do: 'Copy what is on it to another card or disk, and use that. With the monitor: npm run backup -- --to FOLDER, then npm run restore',
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
    multicastDo: (host) => `請在 MQTT_URL 直接寫 broker 的位址（在主機上執行 avahi-resolve -n ${host} 查詢），或寫入 extra_hosts。`,
    unknown: '這台機器的名稱伺服器都沒有這個名稱。',
    do: '請檢查 MQTT_URL 和網路；直接寫 192.168.1.10 這樣的位址就不必查詢。',
  },
  tcp: {
    good: (at) => `${at} 有程式在接聽。`,
    bad: (at) => `broker 在 ${at} 沒有回應。`,
    do: '請啟動 broker，檢查 MQTT_URL 的主機與連接埠，以及防火牆。',
    refused: '這個連接埠沒有程式在接聽。',
    timeout: '5 秒內沒有回應。',
    answer: (address, why) => `${address}：${why}`,
  },
  tls: {
    none: '連線沒有加密。',
    noneWhy: 'MQTT_URL 不是以 mqtts:// 或 wss:// 開頭。',
    good: (until) => `broker 的憑證受信任，有效到 ${until}。`,
    soon: (until) => `broker 的憑證將於 ${until} 到期。`,
    soonWhy: '到期後，使用 TLS 的程式都無法連線。',
    soonDo: '在 broker 上執行：npm run setup -- renew',
    bad: 'broker 的憑證被拒絕。',
    early: (from, clock) => `憑證從 ${from} 起才有效，而這台機器的時鐘顯示 ${clock}。`,
    earlyDo: '請校準時鐘。感測器會持續重試，時鐘正確後就會連上。',
    expired: (until, clock) => `憑證已於 ${until} 到期，而這台機器的時鐘顯示 ${clock}。`,
    name: (host, names) => `憑證屬於 ${names}，不是 ${host}。`,
    nameDo: (host) => `在 broker 上執行：npm run setup -- --host ${host}（或在 MQTT_URL 改用上述名稱）`,
    issuer: (theirs, ours) => `它由 ${theirs} 簽發，而 MQTT_CA_FILE 裡的機構是 ${ours}。`,
    noAuthority: '未設定',
    unreadableAuthority: '不是 PEM 檔',
    issuerDo: '在 broker 上執行：npm run setup -- show ca > ca.crt（複製到這裡，並寫在 MQTT_CA_FILE）',
    noTls: '伺服器不使用 TLS。',
    noTlsDo: '請使用 TLS 的連接埠（8883），或改用不加密的 mqtt://。',
  },
  supervisor: {
    names: { monitor: '監控程式', sensor: '感測器' },
    unit: (name, unit) => `${name}以 ${unit} 執行，重新開機後會恢復。`,
    disabled: (name, unit) => `${name}以 ${unit} 執行，但沒有啟用：重新開機後不會恢復。`,
    container: (name) => `${name}在容器裡執行。`,
    byHand: (name) => `${name}是手動啟動的，重新開機後不會恢復。`,
    byHandWhy: '沒有程式會重新啟動它，在有人發現之前都不會量測或儲存。',
    byHandDo: 'sudo npm run setup -- service（或使用 Docker Compose）',
    hidden: (name) => `${name}：目前的使用者看不到它的程序。`,
    hiddenWhy: '它屬於另一個使用者。',
  },
  wear: {
    bad: (device, errors, date) => `核心在 ${device} 上記錄了 ${errors} 次錯誤，最近一次是 ${date}。`,
    why: (written) => `它已寫入 ${written}。老化的記憶卡或磁碟很快就會完全損壞，裡面的資料也會一起消失。`,
    do: '請把資料複製到另一張記憶卡或磁碟並改用它。有監控程式時：npm run backup -- --to 資料夾，再執行 npm run restore',
  },
  unreachable: '沒有連上 broker。',
}

export type Words = typeof en

export function wordsOf(language: string | undefined): Words {
  return language === 'zh-TW' ? zhTW : en
}
