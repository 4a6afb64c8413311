import { type BootPartition, CardError } from '../boot/partition.ts'
import type { Words } from '../words/words.ts'

/** Folder of our files on the boot partition, and its path in the running system. */
export const folder = 'hearthwatch-sensor'
export const installer = `/boot/firmware/${folder}/install.sh`

/** A card on which the sensor can be installed. */
export interface Card {
  /** Program that starts our installer: cloud-init (Trixie from November 2025) or systemd.run (Bookworm). */
  starter: 'cloud-init' | 'systemd'
  /** A person has customised it with Raspberry Pi Imager or by hand: `user-data`, or `firstrun.sh`, is kept. */
  isCustomised: boolean
  config: string
  cmdline: string
  userData: string
  firstrun: string | undefined
  /** The sensor that was flashed before; undefined on a fresh card. */
  before: { id: string; room: string } | undefined
}

/** Reads the card. @throws CardError with the reason if it is no 64-bit Raspberry Pi OS card, or if it runs something of its own */
export async function inspect(boot: BootPartition, words: Words): Promise<Card> {
  const names = (await boot.list('')).map((name) => name.toLowerCase())
  const has = (name: string) => names.includes(name)
  if (has('dietpi.txt')) throw new CardError(words.isDietPi(boot.name))
  if (!has('config.txt') || !has('cmdline.txt')) throw new CardError(words.isNoPiCard(boot.name))
  const is32 = names.some((name) => /^kernel7l?\.img$/.test(name)) || (has('kernel.img') && !has('kernel8.img'))
  if (is32) throw new CardError(words.is32Bit(boot.name))
  if (!has('kernel8.img') && !has('kernel_2712.img')) throw new CardError(words.isNoPiOs(boot.name))
  const read = async (name: string) => (await boot.read(name))?.toString('utf8')
  const userData = (await read('user-data')) ?? ''
  const vendorData = (await read('vendor-data')) ?? ''
  const starter = has('user-data') || has('meta-data') ? 'cloud-init' : 'systemd'
  if (starter === 'cloud-init') {
    const own = settingsOf(userData)
    if (!userData.includes(installer)) {
      const conflict = /^(bootcmd|vendor_data)\s*:/m.exec(own)?.[1]
      if (conflict !== undefined) throw new CardError(words.hasBootcmd(conflict, `[ sh, ${installer}, /boot/firmware/${folder} ]`))
    }
    if (settingsOf(vendorData) !== '' && !vendorData.includes(installer)) throw new CardError(words.hasVendorData(boot.name))
  }
  const firstrun = await read('firstrun.sh')
  return {
    starter,
    isCustomised: settingsOf(userData) !== '' || firstrun !== undefined,
    config: (await read('config.txt')) ?? '',
    cmdline: (await read('cmdline.txt')) ?? '',
    userData,
    firstrun,
    before: beforeOf(await read(`${folder}/card.json`)),
  }
}

/** The lines of a cloud-init file that are no comment. */
function settingsOf(text: string): string {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#') && line.trim() !== '---')
    .join('\n')
}

function beforeOf(text: string | undefined): Card['before'] {
  try {
    const { id, room } = JSON.parse(text ?? '') as Record<string, unknown>
    return typeof id === 'string' && typeof room === 'string' ? { id, room } : undefined
  } catch {
    return undefined
  }
}
