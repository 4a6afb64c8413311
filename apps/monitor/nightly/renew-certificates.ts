import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Log } from '@hearthwatch/log'
import { renewBefore, succeedBefore } from '@hearthwatch/protocol/durations'

const setup = join(import.meta.dirname, '..', '..', 'cli', 'setup.ts')

export interface RenewOptions {
  /** The folder `mosquitto` of the installation. */
  brokerFiles: string
  now: () => number
  log: Log
  signal: AbortSignal
}

/**
 * Renews the broker's certificates in their last 30 days, in a process of its own, and makes the next authority a year before. It does nothing where setup made none:
 * under Docker Compose the service `renewal` does it, and another broker has an owner of its own.
 * @returns the end of the certificates, ms since the epoch; null where setup made none
 */
export async function renewCertificates({ brokerFiles, now, log, signal }: RenewOptions): Promise<number | null> {
  const soonest = await endOfFiles(brokerFiles)
  const isDue = soonest !== null && (soonest - now() < renewBefore || (await lacksSuccessor(brokerFiles, now())))
  if (!isDue || signal.aborted) return soonest
  try {
    const args = [setup, 'renew', '--json', '--dir', dirname(brokerFiles)]
    const { stdout } = await promisify(execFile)(process.execPath, args, { signal })
    const { renewed, commands } = JSON.parse(stdout) as { renewed: string[]; commands: string[] }
    if (renewed.length > 0) log.info('certificates of the broker are renewed', { files: renewed.join(' ') })
    if (commands.length > 0) log.warn('the broker must read its new certificate', { do: commands.join('; ') })
    return await endOfFiles(brokerFiles)
  } catch (error) {
    if (signal.aborted) return soonest
    const { stderr = '', message } = error as Error & { stderr?: string }
    const ends = new Date(soonest).toISOString().slice(0, 10)
    log.error('the certificate of the broker ends soon and cannot be renewed', { ends, why: stderr.trim() || message })
    return soonest
  }
}

/** The earlier end of the broker's certificate and its authority's. */
async function endOfFiles(brokerFiles: string): Promise<number | null> {
  const ends = await Promise.all(['server.crt', 'ca.crt'].map((file) => endOf(join(brokerFiles, 'certs', file))))
  const known = ends.filter((end) => end !== undefined)
  return known.length === 0 ? null : Math.min(...known)
}

/** True if the authority is in its last year, and the next one is not made yet. */
async function lacksSuccessor(brokerFiles: string, now: number): Promise<boolean> {
  const [present, next] = await Promise.all(['ca.crt', 'ca-next.crt'].map((file) => endOf(join(brokerFiles, 'certs', file))))
  return present !== undefined && present - now < succeedBefore && next === undefined
}

/** The end of a certificate's validity, ms since the epoch; undefined if there is none that can be read. */
async function endOf(file: string): Promise<number | undefined> {
  try {
    return new X509Certificate(await readFile(file)).validToDate.getTime()
  } catch {
    return undefined
  }
}
