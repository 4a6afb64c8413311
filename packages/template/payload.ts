import { fromJson, Missing, type Value } from './values.ts'

/** The payload of a message, as templates see it. Parsed once, however many templates read it. */
export interface Payload {
  readonly text: string
  /** The parsed JSON; `Missing` where the payload is no JSON. */
  readonly json: Value
}

/** @param text the payload */
export function payloadOf(text: string): Payload {
  let json: Value | undefined
  return {
    text,
    get json() {
      json ??= parsed(text)
      return json
    },
  }
}

function parsed(text: string): Value {
  try {
    // The source of each number is needed: 21 and 21.0 differ in Python.
    const reviver = (_: string, value: unknown, { source }: { source?: string }) => fromJson(value, source)
    return JSON.parse(text, reviver as (key: string, value: unknown) => unknown) as Value
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return Missing
    throw error
  }
}
