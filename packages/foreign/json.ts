import type { Payload } from '@hearthwatch/template'

export type JsonObject = Readonly<Record<string, unknown>>

/** A member of an object; undefined for a missing one, for null, and for what an object inherits. */
export function memberOf(object: unknown, key: string): unknown {
  if (typeof object !== 'object' || object === null || !Object.hasOwn(object, key)) return undefined
  return (object as Record<string, unknown>)[key] ?? undefined
}

/** The payload as a JSON object; null for anything else. */
export function objectIn(payload: Pick<Payload, 'text'>): JsonObject | null {
  if (!/^\s*\{/.test(payload.text)) return null
  try {
    return JSON.parse(payload.text) as JsonObject
  } catch {
    return null
  }
}

export const textIn = (object: unknown, key: string): string | null => {
  const value = memberOf(object, key)
  return typeof value === 'string' && value.trim() !== '' ? value : null
}

export const numberAt = (object: unknown, key: string): number | null => {
  const value = memberOf(object, key)
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

export const objectAt = (object: unknown, key: string): JsonObject | null => {
  const value = memberOf(object, key)
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null
}
