import { existsSync } from 'node:fs'
import { inspectDatabase } from '../store/inspect.ts'
import type { Patient } from './check.ts'

type Given = Omit<Patient, 'database' | 'databaseProblem'>

/** @param pages true to check all pages of the database */
export function createPatient(given: Given, pages: boolean): Patient {
  const { config, now } = given
  if (!existsSync(config.DATABASE_FILE)) return { ...given, database: null, databaseProblem: '' }
  try {
    return { ...given, database: inspectDatabase(config.DATABASE_FILE, now, pages), databaseProblem: '' }
  } catch (error) {
    return { ...given, database: null, databaseProblem: (error as Error).message }
  }
}
