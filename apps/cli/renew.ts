import { reloadMosquitto, reloadSharedMosquitto } from './broker/reload.ts'
import type { Installation } from './installation/installation.ts'
import { copyAgain } from './mosquitto/install.ts'

/**
 * `setup renew`: renews what ends soon, and makes the broker read it. The embedded broker watches its files.
 * @param passwd the broker's password file in a clone, by which its Mosquitto is known; undefined in containers
 * @returns a line for each certificate, or JSON for programs
 */
export async function renew(
  installation: Installation,
  { isJson, passwd }: { isJson: boolean; passwd: string | undefined },
  now = Date.now(),
): Promise<string> {
  const { steps, reload } = await installation.renew(now)
  const commands = reload ? await reloadWith(passwd) : []
  const renewed = steps.filter(({ outcome }) => outcome === 'renewed' || outcome === 'made').map(({ file }) => file)
  if (isJson) return `${JSON.stringify({ renewed, commands })}\n`
  const lines = steps.filter(({ file }) => file.endsWith('.crt')).map(({ outcome, file, what }) => `${outcome.padEnd(9)} ${file}  ${what}`)
  return `${[...lines, ...commands.map((command) => `Make the broker read it: ${command}`)].join('\n')}\n`
}

async function reloadWith(passwd: string | undefined): Promise<string[]> {
  if (passwd === undefined) return reloadSharedMosquitto()
  return [...(await reloadMosquitto(passwd)), ...(await copyAgain())]
}
