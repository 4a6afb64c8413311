import { existsSync } from 'node:fs'
import { isContainer } from '@hearthwatch/doctor'
import { inspectDatabase } from '../store/inspect.ts'
import type { Patient } from './check.ts'

type Given = Omit<Patient, 'database' | 'databaseProblem' | 'isContained'>

/** @param pages true to check all pages of the database */
export function createPatient(given: Given, pages: boolean): Patient {
  const { config, now } = given
  const patient = { ...given, isContained: isContainer() }
  if (!existsSync(config.DATABASE_FILE)) return { ...patient, database: null, databaseProblem: '' }
  try {
    return { ...patient, database: inspectDatabase(config.DATABASE_FILE, now, pages), databaseProblem: '' }
  } catch (error) {
    return { ...patient, database: null, databaseProblem: (error as Error).message }
  }
}
