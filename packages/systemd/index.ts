import { execFile } from 'node:child_process'
import type { Log } from '@hearthwatch/log'

export { findSupervisor, type Supervisor, supervised } from './supervisor.ts'
export { startWatchdog } from './watchdog.ts'

/** The variables that systemd gives to a unit with `Type=notify` and `WatchdogSec=`. */
export interface Supervision {
  NOTIFY_SOCKET?: string | undefined
  WATCHDOG_USEC?: string | undefined
}

export interface Notifier {
  /** The program works. It does not wait for its broker: an absent broker must not become a loop of restarts. */
  ready(): void
  /** @param longest ms between two good cycles from now on; the watchdog allows at least three times as long */
  expect(longest: number): void
  /** A cycle of the program has ended well. Without this for longer than the watchdog allows, systemd restarts the program. */
  alive(): void
  /** The program is about to exit. */
  stopping(): void
}

/** Cycles that may be missed before the watchdog restarts the program. */
const missable = 3

/**
 * Notifies systemd (sd_notify(3)) of the state of this program; without systemd it does nothing. Node has no datagram sockets
 * of AF_UNIX, so each message is one call of `systemd-notify`. The unit needs `NotifyAccess=all`, since that is another process.
 * @param steady a clock that is never set, ms
 */
export function createNotifier(env: Supervision, log: Log, steady: () => number = () => performance.now(), send = callSystemd): Notifier {
  const configured = Number(env.WATCHDOG_USEC ?? 0) / 1000
  const hasWatchdog = configured > 0
  let allowed = configured
  let sentAt = Number.NEGATIVE_INFINITY

  function notify(...lines: string[]) {
    if (env.NOTIFY_SOCKET) void send(lines).catch((error) => log.warn('systemd is not notified', { error }))
  }

  return {
    ready: () => notify('READY=1'),
    expect(longest) {
      const next = Math.max(configured, missable * longest)
      if (!hasWatchdog || next === allowed) return
      allowed = next
      // Also restarts the watchdog's time.
      notify(`WATCHDOG_USEC=${Math.round(next * 1000)}`)
    },
    alive() {
      // A call costs some 20 ms of CPU, so a fast program does not call for each cycle.
      if (!hasWatchdog || steady() - sentAt < configured / 4) return
      sentAt = steady()
      notify('WATCHDOG=1')
    },
    stopping: () => notify('STOPPING=1'),
  }
}

/** Resolves when systemd has the message. @throws Error if `systemd-notify` fails */
function callSystemd(lines: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('systemd-notify', lines, { timeout: 10_000 }, (error) => (error ? reject(error) : resolve()))
  })
}
