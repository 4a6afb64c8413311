import { quantityOf } from '@hearthwatch/protocol/quantities'
import { rooms } from '../monitor/rooms.ts'

/** The unit in which the monitor stores a quantity; empty for an unknown one. */
export function unitOf(quantity: string): string {
  for (const { quantities } of rooms.peek() ?? []) if (Object.hasOwn(quantities, quantity)) return quantities[quantity]?.unit ?? ''
  return quantityOf(quantity).unit
}
