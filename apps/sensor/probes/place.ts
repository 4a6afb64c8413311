import { placeOf } from '@hearthwatch/protocol'

/** The room and the last topic level of a reading. */
export interface Place {
  room: string
  quantity: string
}

/** The place of a key: `temperature` in the sensor's own room, `fridge/temperature` in another one. @throws RangeError */
export function placeOfKey(key: string, ownRoom: string): Place {
  const place = placeOf(key, ownRoom)
  if (place === null) throw new RangeError(`${JSON.stringify(key)} is no key`)
  return key.includes('/') ? place : { ...place, room: ownRoom }
}
