const en = {
  noProbe: (driver: string) =>
    `No probe found (PROBE=${driver}). Wire a DS18B20 to 3.3 V, ground and GPIO 4, add dtoverlay=w1-gpio to config.txt, and restart.`,
  missing: (names: string) => `In PROBES, but not found: ${names}`,
  settings: {
    good: 'The settings are complete.',
    bad: 'The settings are invalid.',
    do: 'Correct them in the settings file or the environment.',
  },
  skippedSettings: 'The settings are not complete.',
  outbox: {
    good: (folder: string, free: string) => `The outbox in ${folder} can be written; ${free} are free.`,
    low: (folder: string, free: string) => `The disk of the outbox in ${folder} is almost full: ${free} are free.`,
    bad: (folder: string) => `The outbox in ${folder} cannot be written.`,
    lowWhy: 'Without room, readings wait in memory only and are lost on a stop.',
    lowDo: 'Delete files, or use a larger card.',
    readOnlyDo: 'The disk is read-only: check the card, and restart the machine.',
    badDo: 'Give the user of the sensor the right to write there, or set OUTBOX_DIR.',
  },
  login: {
    good: (user: string) => `The broker accepts the login of ${user}.`,
    bad: (user: string) => `The broker refuses the login of ${user}.`,
    do: 'Compare MQTT_USERNAME and MQTT_PASSWORD with what setup has for this sensor: npm run setup -- sensor show ID. Then reload the broker.',
    running: 'The login was not tested, because the sensor is running.',
    runningWhy: 'A second connection with its login would end the first.',
    runningDo: 'Stop the sensor to test it (systemctl stop hearthwatch-sensor).',
  },
  topics: {
    good: (topic: string) => `The sensor may publish in its room: ${topic} was delivered.`,
    bad: (topic: string) => `The sensor may not publish in its room: ${topic} was not delivered.`,
    badWhy: 'The access list of the broker has no line for it; a broker need not report this.',
    do: (id: string, room: string) => `On the broker: npm run setup -- sensor move ${id} '${room}'`,
    broken: 'The right to publish was not tested, because the connection was lost. Another program may use the login.',
    online: 'The right to publish was not tested.',
    onlineWhy: (topic: string) => `Another sensor is online on ${topic}.`,
    onlineDo: 'If both are in this room, set STATUS_TOPIC=device/{id}/status for one of them.',
  },
  probes: {
    good: (count: number, list: string) => `Probes that answer: ${count} (${list}).`,
    bad: (id: string) => `The probe ${id} gives no value.`,
    badDo: 'Check its wiring and its power.',
    none: (driver: string) => `No probe was found (PROBE=${driver}).`,
    noneWhy: 'The kernel lists none.',
    noneDo: 'Wire it, add dtoverlay=w1-gpio (for a DS18B20) to /boot/firmware/config.txt, and type: sudo reboot',
    missing: (names: string) => `PROBES names probes that were not found: ${names}.`,
    missingWhy: 'They are not plugged in, or have other ids.',
    missingDo: 'Compare them with the list of hearthwatch-sensor probes.',
  },
}

const zhTW: typeof en = {
  noProbe: (driver) =>
    `找不到探頭（PROBE=${driver}）。把 DS18B20 接到 3.3 V、GND 和 GPIO 4，在 config.txt 加上 dtoverlay=w1-gpio，再重新開機。`,
  missing: (names) => `PROBES 裡有，但找不到：${names}`,
  settings: { good: '設定完整。', bad: '設定有誤。', do: '請修改設定檔或環境變數。' },
  skippedSettings: '設定不完整。',
  outbox: {
    good: (folder, free) => `寄件匣 ${folder} 可以寫入，還有 ${free} 可用。`,
    low: (folder, free) => `寄件匣 ${folder} 的磁碟快滿了，只剩 ${free}。`,
    bad: (folder) => `寄件匣 ${folder} 無法寫入。`,
    lowWhy: '沒有空間時，讀數只留在記憶體，停止後就會遺失。',
    lowDo: '請刪除檔案，或換一張容量較大的記憶卡。',
    readOnlyDo: '磁碟是唯讀的：請檢查記憶卡並重新開機。',
    badDo: '請讓感測器的使用者有寫入權限，或設定 OUTBOX_DIR。',
  },
  login: {
    good: (user) => `broker 接受 ${user} 的登入。`,
    bad: (user) => `broker 拒絕 ${user} 的登入。`,
    do: '請核對 MQTT_USERNAME 和 MQTT_PASSWORD 是否與 setup 的相同：npm run setup -- sensor show ID。然後讓 broker 重新載入。',
    running: '感測器正在執行，所以沒有測試登入。',
    runningWhy: '用同一個帳號再連一次，會中斷原本的連線。',
    runningDo: '要測試請先停止感測器（systemctl stop hearthwatch-sensor）。',
  },
  topics: {
    good: (topic) => `感測器可以在它的房間發布：${topic} 已送達。`,
    bad: (topic) => `感測器不能在它的房間發布：${topic} 沒有送達。`,
    badWhy: 'broker 的存取清單沒有這一項；broker 不一定會回報。',
    do: (id, room) => `在 broker 上執行：npm run setup -- sensor move ${id} '${room}'`,
    broken: '連線中斷，所以沒有測試發布的權限。可能有其他程式使用這個帳號。',
    online: '沒有測試發布的權限。',
    onlineWhy: (topic) => `另一個感測器正在 ${topic} 上線。`,
    onlineDo: '如果兩個感測器都在這個房間，請為其中一個設定 STATUS_TOPIC=device/{id}/status。',
  },
  probes: {
    good: (count, list) => `有回應的探頭：${count} 個（${list}）。`,
    bad: (id) => `探頭 ${id} 沒有數值。`,
    badDo: '請檢查接線和供電。',
    none: (driver) => `找不到探頭（PROBE=${driver}）。`,
    noneWhy: '核心沒有列出任何探頭。',
    noneDo: '請接好線，在 /boot/firmware/config.txt 加上 dtoverlay=w1-gpio（DS18B20），再執行：sudo reboot',
    missing: (names) => `PROBES 裡的探頭找不到：${names}。`,
    missingWhy: '它們沒有接上，或 id 不同。',
    missingDo: '請與 hearthwatch-sensor probes 的清單核對。',
  },
}

export type Words = typeof en

export function wordsOf(language: string | undefined): Words {
  return language === 'zh-TW' ? zhTW : en
}
