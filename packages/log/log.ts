/**
 * Levels by urgency. `error`: the owner must act now. `warn`: the owner must act some day. `info`: the course of events,
 * for finding the cause of a problem. `debug`: details for developers.
 */
export const levels = ['error', 'warn', 'info', 'debug'] as const
export type Level = (typeof levels)[number]

/** Details of a line, printed as `key=value`. They must not contain a secret. */
export type Fields = Record<string, unknown>

export interface Log {
  error(message: string, fields?: Fields): void
  warn(message: string, fields?: Fields): void
  info(message: string, fields?: Fields): void
  debug(message: string, fields?: Fields): void
  /** The same log with another name, for a part of the program. */
  child(name: string): Log
}
