import { checkBroker, skipped, wordsOf } from '@hearthwatch/doctor'
import { linkSettings } from '@hearthwatch/mqtt'
import { type Check, inLanguage } from '../check.ts'

const texts = {
  en: {
    own: 'The broker is part of the monitor.',
    ownWhy: 'MQTT_URL is not set.',
    notRunning: 'The monitor, and with it its broker, does not run.',
  },
  'zh-TW': { own: 'broker 是監控程式的一部分。', ownWhy: '沒有設定 MQTT_URL。', notRunning: '監控程式沒有執行，所以它的 broker 也沒有。' },
}

export const networkCheck: Check = {
  id: 'network',
  needs: 'machine',
  run(patient) {
    const { config, language, now, isContained } = patient
    const { MQTT_URL: url, tls } = config
    if (url !== undefined) return checkBroker({ url, tls, alpn: linkSettings(config).alpn, isContained }, wordsOf(language), now)
    const say = inLanguage(texts, patient)
    return [skipped('network', patient.isRunning ? say.own : say.notRunning, say.ownWhy, patient.isRunning ? '' : 'npm start')]
  },
}
