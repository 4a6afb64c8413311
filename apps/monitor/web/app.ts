import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { Config } from '../config/config.ts'

/** The HTTP server that the routes are added to. */
export type App = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, TypeBoxTypeProvider>

export type WebConfig = Pick<
  Config,
  | 'HTTP_HOST'
  | 'HTTP_PORT'
  | 'DASHBOARD_PASSWORD'
  | 'API_TOKEN'
  | 'PAGE_NOTICE'
  | 'READER_PASSWORD'
  | 'PUBLIC_URL'
  | 'UI_LANGUAGE'
  | 'TZ'
  | 'OFFLINE_AFTER'
  | 'TRUST_PROXY'
  | 'DATABASE_FILE'
  | 'RETENTION_DAYS'
  | 'BACKUP_DIR'
  | 'BACKUP_KEEP'
  | 'UPDATE_CHECK_URL'
  | 'installation'
>

export interface WebCounters {
  /** Number of readings stored since the start. */
  readings(): number
  /** Number of packets rejected since the start, by reason. */
  rejected: ReadonlyMap<string, number>
  /** Number of packets that a busy monitor has not processed since the start, and that other packets make up for, by kind. */
  skipped: Readonly<Record<string, number>>
}
