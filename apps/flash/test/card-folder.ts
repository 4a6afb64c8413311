import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Files of the boot partition of Raspberry Pi OS, as far as they matter here. */
export const trixie: Readonly<Record<string, string>> = {
  'config.txt':
    '# For more options and information see\n# http://rptl.io/configtxt\ndtparam=audio=on\n\n[cm5]\ndtoverlay=dwc2,dr_mode=host\n\n[all]\n',
  'cmdline.txt': 'console=serial0,115200 console=tty1 root=PARTUUID=4d7f1a2b-02 rootfstype=ext4 fsck.repair=yes rootwait\n',
  'kernel8.img': 'kernel',
  'kernel_2712.img': 'kernel',
  'user-data': '#cloud-config\n# hostname: raspberrypi\n',
  'meta-data': 'instance_id: raspios-image\n',
  'network-config': '# network:\n',
}
const { 'user-data': _, 'meta-data': __, 'network-config': ___, ...rest } = trixie
export const bookworm: Readonly<Record<string, string>> = rest

/** A folder like a mounted boot partition. */
export async function cardFolder(files: Readonly<Record<string, string>> = trixie): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'card-'))
  await writeFiles(folder, files)
  return folder
}

export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true })
    await writeFile(join(folder, name), text)
  }
}
