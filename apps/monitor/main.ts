import { parseArgs } from 'node:util'
import { createLog, type Log } from '@hearthwatch/log'
import { describeSettings } from '@hearthwatch/settings'
import { readConfig, settings } from './config.ts'
import { type Monitor, startMonitor } from './monitor.ts'
import { isDamage, suspect } from './store/file/damage.ts'

const help = `npm start

The monitor: keeps every reading, raises alerts, sends mail, shows the page. Ctrl-C stops it;
SIGHUP makes the embedded broker read its password file and ACL again.
Settings come from the environment, then from the file .env; a secret also from the file that NAME_FILE names.

${describeSettings(settings)}`

process.exitCode = await main()

async function main(): Promise<number> {
  try {
    const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } })
    if (values.help) {
      console.log(help)
      return 0
    }
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`)
    return 2
  }
  try {
    const config = readConfig()
    const log = createLog('monitor', config.LOG_LEVEL)
    const damaged = whenDamaged(config.DATABASE_FILE, log)
    // No part of the program can continue without the database.
    process.on('uncaughtExceptionMonitor', damaged)
    const monitor = await startMonitor(config, log, Date.now, () => process.exit(1)).catch((error) => {
      damaged(error)
      throw error
    })
    log.info('the page is ready', { url: monitor.url })
    process.on('SIGHUP', () => void monitor.reload())
    await stopped()
    return await stop(monitor)
  } catch (error) {
    console.error(isForPeople(error) ? error.message : error)
    return 1
  }
}

/** Damage that the check at the start did not find. The next start checks more closely and moves the file aside. */
function whenDamaged(file: string, log: Log): (error: unknown) => void {
  return (error) => {
    if (!isDamage(error)) return
    suspect(file)
    log.error('THE DATABASE IS DAMAGED: this process ends, and the next start moves the file aside', { file })
  }
}

/** What a person can mend is told in one line; anything else is our bug and shows where. */
function isForPeople(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  return ['SettingsError', 'DatabaseError', 'ListenError', 'AclError', 'PasswdError'].includes(error.name) || 'code' in error
}

function stopped(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve)
    process.once('SIGINT', resolve)
  })
}

async function stop(monitor: Monitor): Promise<number> {
  await monitor.close()
  return 0
}
