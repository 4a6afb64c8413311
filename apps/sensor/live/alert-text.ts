import { digitsBeside } from '@hearthwatch/protocol/digits'
import type { AlarmState } from './threshold-alarm.ts'

export interface Alert {
  /** The room, with the probe's key in brackets for its second temperature. */
  place: string
  state: Exclude<AlarmState, 'normal'>
  value: number
  limit: number
  unit: string
}

type Sentence = (place: string, value: string, limit: string) => string

const sentences: Record<'en' | 'zh-TW', Record<Alert['state'], Sentence>> = {
  en: {
    above: (place, value, limit) => `It is too warm in ${place}: ${value}, the limit is ${limit}`,
    below: (place, value, limit) => `It is too cold in ${place}: ${value}, the limit is ${limit}`,
  },
  'zh-TW': {
    above: (place, value, limit) => `${place}溫度過高：目前 ${value}，已超過上限 ${limit}`,
    below: (place, value, limit) => `${place}溫度過低：目前 ${value}，已低於下限 ${limit}`,
  },
}

/** The alert's text, in one of the languages of `UI_LANGUAGE`. */
export function alertText({ place, state, value, limit, unit }: Alert, language: keyof typeof sentences): string {
  const measured = (number: number) => `${Number(number.toFixed(digitsBeside(number, limit, 2)))} ${unit}`
  return sentences[language][state](spaced(place, language), measured(value), measured(limit))
}

/** Adds the space that Chinese text has after Latin letters. */
function spaced(place: string, language: string): string {
  return language === 'zh-TW' && !/\p{Script=Han}$/u.test(place) ? `${place} ` : place
}
