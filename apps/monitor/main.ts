import { createLog, durationOf, formatOf, type Log } from '@hearthwatch/log'
import { minute, second } from '@hearthwatch/protocol/durations'
import { describeSettings } from '@hearthwatch/settings'
import { createNotifier, findSupervisor, startWatchdog } from '@hearthwatch/systemd'
import { runCommand } from './commands/run.ts'
import { readConfig } from './config/config.ts'
import { settings } from './config/settings.ts'
import { startMonitor } from './monitor.ts'
import manifest from './package.json' with { type: 'json' }
import { showPhoneCode } from './phone-code.ts'
import { startFields } from './start-line.ts'
import { isDamage, suspect } from './store/file/damage.ts'
import { networkUrls } from './web/http/lan.ts'

/** An event loop that is blocked this long hangs. ms */
const hang = 2 * minute

const help = `npm start

Starts the monitor: it stores readings, raises alerts, sends notifications and serves the page. Ctrl-C stops it.
SIGHUP makes the embedded broker read its password file and ACL again.
Settings come from the environment, then from the file .env; a secret also from the file that NAME_FILE names.

${describeSettings(settings)}`

process.exitCode = await runCommand(help, {}, async () => {
  const notes: string[] = []
  const config = readConfig(process.env, ['.env'], (note) => void notes.push(note))
  const log = createLog('monitor', config.LOG_LEVEL, undefined, formatOf(config.LOG_FORMAT, process.env))
  const begun = Date.now()
  log.info(`hearthwatch monitor ${manifest.version}`, startFields(config))
  for (const note of notes) log.warn(note)
  const damaged = whenDamaged(config.DATABASE_FILE, log)
  // No part of the program can continue without the database.
  process.on('uncaughtExceptionMonitor', damaged)
  const supervisor = await findSupervisor(config.SUPERVISED)
  const end = () => process.exit(1)
  const start = () =>
    startMonitor(config, log, Date.now, {
      // Without a supervisor an exit would be for ever. The link begins anew by itself then.
      ...(supervisor && { onStuck: end }),
      onLost: supervisor ? end : () => void restart(),
    }).catch((error) => {
      damaged(error)
      throw error
    })
  let monitor = await start()
  async function restart(): Promise<void> {
    log.warn('starting again within this process: no supervisor would restart it')
    await monitor.close()
    monitor = await start()
  }
  log.info('the page is ready', { url: monitor.url })
  showPhoneCode(networkUrls(config), log, config.UI_LANGUAGE)
  process.on('SIGHUP', () => void monitor.reload())
  // From here on: a start may check or upgrade a large database for minutes.
  const unwatch = supervisor ? startWatchdog(hang) : async () => {}
  const systemd = createNotifier(process.env, log.child('systemd'))
  systemd.ready()
  const alive = setInterval(systemd.alive, 5 * second)
  await stopped()
  clearInterval(alive)
  systemd.stopping()
  const stopping = Date.now()
  await unwatch()
  await monitor.close()
  log.info(`stopped after ${durationOf(stopping - begun)}`, { took: `${((Date.now() - stopping) / second).toFixed(1)} s` })
  return 0
})

/** Damage that the check at the start did not find. The next start checks more closely and moves the file aside. */
function whenDamaged(file: string, log: Log): (error: unknown) => void {
  return (error) => {
    if (!isDamage(error)) return
    suspect(file)
    log.error('THE DATABASE IS DAMAGED: this process ends, and the next start moves the file aside', { file })
  }
}

function stopped(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve)
    process.once('SIGINT', resolve)
  })
}
