import type { Zone } from './crossing.ts'

/** A crossing, told to people. */
export interface Told {
  /** The room, and the probe's key where it has more than one temperature. */
  place: string
  zone: Exclude<Zone, 'normal'>
  value: number
  limit: number
  unit: string
}

type Sentence = (place: string, value: string, limit: string) => string

const sentences: Record<'en' | 'zh-TW', Record<Told['zone'], Sentence>> = {
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
export function sentenceOf({ place, zone, value, limit, unit }: Told, language: keyof typeof sentences): string {
  const measured = (number: number) => `${Math.round(number * 100) / 100} ${unit}`
  return sentences[language][zone](spaced(place, language), measured(value), measured(limit))
}

/** Between Latin letters and Chinese ones stands a space; between two Chinese ones none. */
function spaced(place: string, language: string): string {
  return language === 'zh-TW' && !/\p{Script=Han}$/u.test(place) ? `${place} ` : place
}
