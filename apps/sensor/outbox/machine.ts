import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { uptime } from 'node:os'

/** systemd-timesyncd creates this file when NTP has set the clock (systemd-timesyncd.service(8)). */
const synchronisedFile = '/run/systemd/timesync/synchronized'

/** A number for this run of the machine, from the kernel's boot id. Without a boot id, each run of the program gets its own number. */
export const boot: number = Number.parseInt(bootId().slice(0, 8), 16)

/** ms since the machine started, including time asleep; never set back. */
export function uptimeNow(): number {
  return Math.round(uptime() * 1000)
}

/** True if NTP has set the clock since the machine started. */
export function isClockSynchronised(): boolean {
  return existsSync(synchronisedFile)
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')
  } catch {
    return randomBytes(4).toString('hex')
  }
}
