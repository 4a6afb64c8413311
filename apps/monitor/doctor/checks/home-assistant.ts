import { type Finding, ok, warning } from '@hearthwatch/doctor'
import { type Check, inLanguage } from '../check.ts'

const texts = {
  en: {
    good: 'The embedded broker speaks MQTT 3.1.1. Home Assistant from 2027.1 on needs Mosquitto.',
    heard: 'Home Assistant uses the embedded broker, which speaks MQTT 3.1.1 only.',
    refused: (count: number) => `The embedded broker has refused ${count} connections because they speak MQTT 5.`,
    why: 'Home Assistant ends MQTT 3.x with 2027.1. Mosquitto speaks both at once, so the sensors need no change.',
    do: 'Install Mosquitto (apt install mosquitto), then: sudo npm run setup -- mosquitto',
  },
  'zh-TW': {
    good: '內建的 broker 使用 MQTT 3.1.1。Home Assistant 2027.1 以後需要 Mosquitto。',
    heard: 'Home Assistant 使用內建的 broker，而它只會 MQTT 3.1.1。',
    refused: (count: number) => `內建的 broker 拒絕了 ${count} 個連線，因為它們使用 MQTT 5。`,
    why: 'Home Assistant 從 2027.1 起不再支援 MQTT 3.x。Mosquitto 兩種都會，所以感測器不必更改。',
    do: '請安裝 Mosquitto（apt install mosquitto），再執行：sudo npm run setup -- mosquitto',
  },
}

/** The embedded broker beside programs that need MQTT 5. */
export const homeAssistantCheck: Check = {
  id: 'homeassistant',
  needs: 'connection',
  run(patient): Finding[] {
    const say = inLanguage(texts, patient)
    const { newer } = patient
    if (newer === null) return []
    if (newer.refused > 0) return [warning('homeassistant', say.refused(newer.refused), say.why, say.do)]
    return [newer.homeAssistant ? warning('homeassistant', say.heard, say.why, say.do) : ok('homeassistant', say.good)]
  },
}
