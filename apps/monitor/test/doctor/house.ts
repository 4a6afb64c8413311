import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { Finding } from '@hearthwatch/doctor'
import type { Info } from '@hearthwatch/protocol'
import { readConfig } from '../../config/config.ts'
import type { LiveHouse, Patient } from '../../doctor/check.ts'

type Device = NonNullable<Patient['database']>['devices'][number]
type Language = Patient['language']

export const now = Date.UTC(2026, 10, 30)
/** A database without a fault. */
export const sound = { schema: 1, ownSchema: 1, faults: '', future: 0, devices: [], channels: [] }

export const device = (id: string, more: Partial<Device> = {}, info: Partial<Info> = {}): Device => ({
  ...{ id, room: 'kitchen', status: 'online', seen: now, skew: 0, outboxes: 1, ...more },
  info: { id, room: 'kitchen', version: '1.0.0', epoch: '0123456789abcdef', readings: [], ...info },
})

/** A house in `folder` without a fault, except for those in `more`. */
export function patientIn(folder: string, more: Partial<Patient> = {}, env: Record<string, string> = {}): Patient {
  const config = { ...readConfig({ DATABASE_FILE: join(folder, 'data', 'house.db'), ...env }, []), brokerFiles: join(folder, 'mosquitto') }
  return {
    ...{ language: 'en', now, files: [], version: '1.0.0', isRunning: false, database: sound, databaseProblem: '' },
    ...{
      live: null,
      liveProblem: 'not asked',
      isRefused: false,
      takeovers: null,
      newer: null,
      forwarding: null,
      growth: null,
      isContained: false,
      config,
      ...more,
    },
  }
}

export const live = (more: Partial<LiveHouse> = {}): LiveHouse => ({
  undelivered: async () => [],
  retained: async () => [],
  mayDoAll: async () => null,
  figures: async () => null,
  problems: () => [],
  close: async () => {},
  ...more,
})

interface Expected {
  id: string
  level?: Finding['level']
  what: RegExp
  why: RegExp
  /** The command, alike in both languages. */
  type: RegExp
}

/** Examines in both languages, and expects one finding of this id with all three parts. */
export async function finds(examine: (language: Language) => Promise<Finding[]> | Finding[], { id, level, what, why, type }: Expected) {
  for (const language of ['en', 'zh-TW'] as const) {
    const all = await examine(language)
    const found = all.find((one) => one.id === id)
    assert.ok(found !== undefined, `no finding ${id} in ${JSON.stringify(all, null, 1)}`)
    assert.equal(found.level, level ?? 'error', JSON.stringify(found))
    assert.match(found.do, type)
    if (language === 'en') {
      assert.match(found.what, what)
      assert.match(found.why, why)
    }
    for (const part of [found.what, found.why]) assert.equal(/\p{Script=Han}/u.test(part), language === 'zh-TW', part)
  }
}

/** The findings that name a fault. */
export const bad = (findings: readonly Finding[]) => findings.filter(({ level }) => level === 'error' || level === 'warning')
