import { type Finding, ok, warning } from '@hearthwatch/doctor'
import { type Check, inLanguage } from '../check.ts'

const texts = {
  en: {
    good: (version: string) => `Hearthwatch ${version} with Node ${process.versions.node}, on ${process.platform} ${process.arch}.`,
    others: (list: string) => `Sensors with another version: ${list}.`,
    why: 'Both speak with each other, but one of them lacks the mends of the other.',
    do: 'Upgrade the sensor, or the monitor.',
  },
  'zh-TW': {
    good: (version: string) => `Hearthwatch ${version}，Node ${process.versions.node}，${process.platform} ${process.arch}。`,
    others: (list: string) => `版本不同的感測器：${list}。`,
    why: '兩者可以互通，但其中一方缺少另一方的修正。',
    do: '請升級感測器或監控程式。',
  },
}

export const versionsCheck: Check = {
  id: 'versions',
  needs: 'machine',
  run(patient) {
    const say = inLanguage(texts, patient)
    const found: Finding[] = [ok('versions', say.good(patient.version))]
    const ours = (patient.database?.devices ?? []).filter(({ info }) => info?.epoch !== undefined && info.version !== undefined)
    const others = ours.filter(({ info }) => info?.version !== patient.version).map(({ id, info }) => `${id} (${info?.version})`)
    if (others.length > 0) found.push(warning('versions.sensors', say.others(others.join(', ')), say.why, say.do))
    return found
  },
}
