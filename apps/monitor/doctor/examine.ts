import { asCalled } from '@hearthwatch/api/installation'
import { type Finding, skipped } from '@hearthwatch/doctor'
import { minute } from '@hearthwatch/protocol/durations'
import { type Check, inLanguage, type Patient } from './check.ts'
import { checks } from './registry.ts'

const texts = {
  en: { failed: (id: string) => `The check ${id} could not be done.`, late: 'It took longer than a minute.' },
  'zh-TW': { failed: (id: string) => `無法進行檢查 ${id}。`, late: '超過一分鐘。' },
}

/** Longest time of a check. ms */
const longest = minute

/** Runs the checks at the same time, and returns their findings in the order of the registry. A check that fails counts as not done. */
export async function examine(patient: Patient, chosen: readonly Check[] = checks): Promise<Finding[]> {
  const say = inLanguage(texts, patient)
  const late = AbortSignal.timeout(longest)
  const timedOut = new Promise<never>((_, reject) => late.addEventListener('abort', () => reject(new Error(say.late)), { once: true }))
  timedOut.catch(() => {})
  const found = await Promise.all(
    chosen.map(async ({ id, run }) => {
      try {
        return await Promise.race([run(patient), timedOut])
      } catch (failure) {
        return [skipped(id, say.failed(id), (failure as Error).message)]
      }
    }),
  )
  return found.flat().map((finding) => ({ ...finding, do: asCalled(finding.do, patient.config.installation) }))
}
