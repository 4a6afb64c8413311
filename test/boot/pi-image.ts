import { execFileSync } from 'node:child_process'
import {
  closeSync,
  copyFileSync,
  cpSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { cache, rootTar } from './root-tar.ts'

/** A card with a system that is made like Raspberry Pi OS, and the kernel with which the virtual machine starts it. */
export interface PiImage {
  disk: string
  kernel: string
  initrd: string
}

const sector = 512
const mb = 1024 * 1024
const boot = { start: 8192, bytes: 256 * mb }
const rootStart = boot.start + boot.bytes / sector
const rootBytes = 1400 * mb

/** Files of the boot partition, like those of Raspberry Pi OS. */
const bootFiles: Readonly<Record<string, string>> = {
  'config.txt': '# For more options and information see\n# http://rptl.io/configtxt\ndtparam=audio=on\n\n[all]\n',
  'cmdline.txt': 'console=serial0,115200 console=tty1 root=PARTUUID=00000000-02 rootfstype=ext4 fsck.repair=yes rootwait\n',
  // The virtual machine has its kernel from outside.
  'kernel8.img': 'kernel',
  'user-data': '#cloud-config\n# hostname: raspberrypi\n',
  'meta-data': 'instance_id: raspios-image\n',
}

/** Makes the image, or copies the one in the cache. @param to folder of the copy, which is changed */
export function makePiImage(to: string, say: (text: string) => void): PiImage {
  const stored = join(cache, 'pi-like')
  const names = { disk: join(stored, 'card.img'), kernel: join(stored, 'vmlinuz'), initrd: join(stored, 'initrd') }
  const tar = rootTar(say)
  if (!existsSync(names.disk) || statSync(names.disk).mtimeMs < statSync(tar).mtimeMs) {
    say('making the card image')
    build(tar, stored, names)
  }
  const disk = join(to, 'card.img')
  copyFileSync(names.disk, disk)
  return { ...names, disk }
}

function build(tar: string, folder: string, { disk, kernel, initrd }: PiImage): void {
  rmSync(folder, { recursive: true, force: true })
  const root = join(folder, 'root')
  mkdirSync(root, { recursive: true })
  execFileSync('tar', ['xf', tar, '-C', root, '--numeric-owner', '--exclude=./dev/*'])
  const part = (name: string) => join(root, 'boot', readdirSync(join(root, 'boot')).find((file) => file.startsWith(name)) ?? name)
  cpSync(part('vmlinuz-'), kernel, { dereference: true })
  cpSync(part('initrd.img-'), initrd, { dereference: true })
  likeRaspberryPiOs(root)

  const [first, second] = [join(folder, 'boot.img'), join(folder, 'root.img')]
  makeFile(first, boot.bytes)
  execFileSync('/usr/sbin/mkfs.vfat', ['-n', 'bootfs', '-F', '32', '-s', '1', first], { stdio: 'ignore' })
  for (const [name, text] of Object.entries(bootFiles)) {
    writeFileSync(join(folder, name), text)
    execFileSync('mcopy', ['-i', first, join(folder, name), `::${name}`])
    rmSync(join(folder, name))
  }
  makeFile(second, rootBytes)
  execFileSync('/usr/sbin/mkfs.ext4', ['-q', '-L', 'rootfs', '-O', '^huge_file,^64bit', '-d', root, second])
  rmSync(root, { recursive: true })

  makeFile(`${disk}.part`, rootStart * sector + rootBytes)
  writeTable(`${disk}.part`)
  for (const [file, at] of [
    [first, boot.start],
    [second, rootStart],
  ] as const) {
    execFileSync('dd', [`if=${file}`, `of=${disk}.part`, 'bs=1M', `seek=${(at * sector) / mb}`, 'conv=notrunc,sparse'], { stdio: 'ignore' })
    rmSync(file)
  }
  execFileSync('mv', [`${disk}.part`, disk])
}

/** The traits of Raspberry Pi OS (trixie) that decide over the first boot. */
function likeRaspberryPiOs(root: string): void {
  const write = (path: string, text: string) => {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  mkdirSync(join(root, 'boot/firmware'), { recursive: true })
  write('etc/fstab', 'LABEL=rootfs / ext4 defaults,noatime 0 1\nLABEL=bootfs /boot/firmware vfat defaults 0 2\n')
  write('etc/hostname', 'raspberrypi\n')
  write('etc/machine-id', 'uninitialized\n')
  write(
    'etc/cloud/cloud.cfg.d/99_raspberry-pi.cfg',
    // Raspberry Pi OS has no ifupdown, for which cloud-init would configure the network here: NetworkManager does it alone.
    'datasource_list: [NoCloud, None]\ndatasource:\n  NoCloud:\n    seedfrom: file:///boot/firmware\nnetwork:\n  config: disabled\n',
  )
  for (const unit of ['cloud-init-main', 'cloud-init-local'])
    write(`etc/systemd/system/${unit}.service.d/boot.conf`, '[Unit]\nRequiresMountsFor=/boot/firmware\n')
  // The wizard at the keyboard, which holds multi-user.target back for ever.
  write(
    'etc/systemd/system/userconfig.service',
    '[Unit]\nDescription=User configuration dialog\n[Service]\nType=oneshot\nExecStart=sleep infinity\n[Install]\nWantedBy=multi-user.target\n',
  )
  mkdirSync(join(root, 'etc/systemd/system/multi-user.target.wants'), { recursive: true })
  execFileSync('ln', [
    '-sf',
    '/etc/systemd/system/userconfig.service',
    join(root, 'etc/systemd/system/multi-user.target.wants/userconfig.service'),
  ])
  for (const unit of ['systemd-networkd.service', 'systemd-networkd.socket', 'systemd-networkd-wait-online.service', 'networking.service'])
    execFileSync('ln', ['-sf', '/dev/null', join(root, 'etc/systemd/system', unit)])
}

/** A partition table with the two partitions. */
function writeTable(disk: string): void {
  const table = Buffer.alloc(sector)
  table.writeUInt32LE(0x48574254, 440)
  for (const [index, [type, start, bytes]] of [[0x0c, boot.start, boot.bytes] as const, [0x83, rootStart, rootBytes] as const].entries()) {
    const at = 446 + 16 * index
    table.writeUInt8(type, at + 4)
    table.writeUInt32LE(start, at + 8)
    table.writeUInt32LE(bytes / sector, at + 12)
  }
  table.writeUInt16LE(0xaa55, 510)
  writeFileSync(disk, table, { flag: 'r+' })
}

function makeFile(path: string, bytes: number): void {
  const file = openSync(path, 'w')
  ftruncateSync(file, bytes)
  closeSync(file)
}
