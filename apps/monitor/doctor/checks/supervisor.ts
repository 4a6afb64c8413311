import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { resolve } from 'node:path'
import { ok, skipped, warning } from '@hearthwatch/doctor'
import { type Check, inLanguage } from '../check.ts'

const texts = {
  en: {
    notRunning: 'The monitor does not run.',
    notRunningDo: 'npm start',
    unit: (unit: string) => `The monitor runs as ${unit}, and comes back after a reboot if that is enabled.`,
    container: 'The monitor runs in a container.',
    byHand: 'The monitor was started by hand, and will not come back after a reboot.',
    byHandWhy: 'Nothing starts it again.',
    byHandDo: 'npm run setup -- service, or use Docker Compose',
    hidden: 'The process of the monitor is not visible to this user.',
  },
  'zh-TW': {
    notRunning: '監控程式沒有執行。',
    notRunningDo: 'npm start',
    unit: (unit: string) => `監控程式以 ${unit} 執行；若已啟用，重新開機後會恢復。`,
    container: '監控程式在容器裡執行。',
    byHand: '監控程式是手動啟動的，重新開機後不會恢復。',
    byHandWhy: '沒有東西會重新啟動它。',
    byHandDo: 'npm run setup -- service，或使用 Docker Compose',
    hidden: '目前的使用者看不到監控程式的程序。',
  },
}

export const supervisorCheck: Check = {
  id: 'supervisor',
  needs: 'machine',
  run(patient) {
    const say = inLanguage(texts, patient)
    if (!patient.isRunning) return [skipped('supervisor', say.notRunning, '', say.notRunningDo)]
    if (existsSync('/.dockerenv')) return [ok('supervisor', say.container)]
    const pid = holderOf(`${patient.config.DATABASE_FILE}-lock`)
    if (pid === null) return [skipped('supervisor', say.hidden, '')]
    const unit = unitOf(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))
    return [unit === null ? warning('supervisor', say.byHand, say.byHandWhy, say.byHandDo) : ok('supervisor', say.unit(unit))]
  },
}

/** The process that has a file open; null: none that this user may see. */
function holderOf(file: string): string | null {
  const wanted = resolve(file)
  const opens = (pid: string) => {
    try {
      return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === wanted)
    } catch {
      return false
    }
  }
  try {
    return (
      readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .find(opens) ?? null
    )
  } catch {
    return null
  }
}

/** The unit of systemd, or the container, in the text of /proc/PID/cgroup; null: a session of a person. */
export function unitOf(cgroup: string): string | null {
  const path = cgroup.trim().split('\n').at(-1)?.split(':').at(-1) ?? ''
  const last = path.split('/').at(-1) ?? ''
  return last.endsWith('.service') || /^(docker|libpod)-/.test(last) ? last : null
}
