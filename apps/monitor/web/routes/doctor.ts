import { DoctorQuery, Findings } from '@hearthwatch/api/doctor'
import { ErrorAnswer } from '@hearthwatch/api/errors'
import type { Check, Patient } from '../../doctor/check.ts'
import { examine } from '../../doctor/examine.ts'
import { checks } from '../../doctor/registry.ts'
import type { App } from '../app.ts'
import type { Access } from '../http/access.ts'
import { HttpError } from '../http/errors.ts'

export interface DoctorOptions {
  access: Pick<Access, 'isReader'>
  /** The house at this moment, for the checks. */
  patient(language: Patient['language'] | undefined): Patient
}

export function addDoctor(app: App, { access, patient }: DoctorOptions): void {
  /** One examination at a time: each logs in to mail servers and services. */
  let running = Promise.resolve<unknown>(undefined)

  app.get(
    '/api/doctor',
    {
      schema: {
        summary: 'Checks of settings, disk, database, broker, sensors and channels, each with its remedy; nothing is changed',
        querystring: DoctorQuery,
        response: { 200: Findings, 403: ErrorAnswer },
      },
    },
    async (request) => {
      // It names addresses, accounts and files.
      if (access.isReader(request)) throw new HttpError(403, 'Only the owner may see the state of the house in detail.')
      const { language, needs } = request.query
      const chosen: readonly Check[] = checks.filter((check) => needs === undefined || check.needs === needs)
      const examined = running.then(() => examine(patient(language), chosen))
      running = examined.catch(() => {})
      const findings = await examined
      return { ok: findings.every(({ level }) => level !== 'error'), findings }
    },
  )
}
