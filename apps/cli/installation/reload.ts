import { join } from 'node:path'
import { reloadMosquitto } from '../broker/reload.ts'
import { copyAgain } from '../mosquitto/install.ts'
import { composeReload } from './compose-house.ts'

/**
 * Makes the running broker read its files again.
 * @param dir folder of the clone; null in a container
 * @returns the commands that a person must run
 */
export async function reloadAfter({ reload }: { reload: boolean }, dir: string | null): Promise<string[]> {
  if (!reload) return []
  return dir === null ? [composeReload] : [...(await reloadMosquitto(join(dir, 'mosquitto/passwd'))), ...(await copyAgain())]
}
