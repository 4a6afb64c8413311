import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '@hearthwatch/package/node-binary'

/** Folder of what takes long to make. */
export const cache = cacheFolder()

const packages = [
  ...['systemd-sysv', 'systemd-timesyncd', 'udev', 'dbus', 'cloud-init', 'network-manager', 'netplan.io', 'linux-image-arm64'],
  ...['initramfs-tools', 'dosfstools', 'ca-certificates', 'openssh-server', 'sudo', 'libstdc++6'],
]

/** The programs that must be installed, and their Debian packages. */
const programs: Readonly<Record<string, string>> = {
  mmdebstrap: 'mmdebstrap',
  'arch-test': 'arch-test',
  'qemu-aarch64-static': 'qemu-user-static',
  'qemu-system-aarch64': 'qemu-system-arm',
  socat: 'socat',
  mcopy: 'mtools',
  '/usr/sbin/mkfs.vfat': 'dosfstools',
  '/usr/sbin/mkfs.ext4': 'e2fsprogs',
}

/** @throws Error with the line to type if a program is missing, or if this is not root on Linux */
export function checkPrograms(): void {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    throw new Error('npm run test:boot runs on Linux as root: it makes a root file system.')
  const missing = Object.entries(programs).filter(([program]) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0)
  if (missing.length > 0) throw new Error(`Install first: apt-get install ${[...new Set(missing.map(([, name]) => name))].join(' ')}`)
}

/**
 * The archive of a root file system of Debian trixie for arm64. Its first making takes half an hour, because the programs of
 * arm64 are emulated; it is kept in the cache.
 */
export function rootTar(say: (text: string) => void): string {
  const tar = join(cache, 'trixie-arm64.tar')
  if (existsSync(tar)) return tar
  say('making the root file system of Debian trixie for arm64: about half an hour, once')
  mkdirSync(cache, { recursive: true })
  enableArm64()
  // The name decides the format.
  const part = join(cache, 'trixie-arm64.part.tar')
  rmSync(part, { force: true })
  const mirror = process.env.DEBIAN_MIRROR ?? mirrorOf()
  const options = [
    ...['--architectures=arm64', '--variant=important', '--mode=root', '--aptopt=Apt::Install-Recommends "false"'],
    ...['--dpkgopt=path-exclude=/usr/share/doc/*', `--include=${packages.join(',')}`],
  ]
  const { status } = spawnSync('nice', ['-n', '19', 'mmdebstrap', ...options, 'trixie', part, mirror], { stdio: 'inherit' })
  if (status !== 0) throw new Error('mmdebstrap failed')
  renameSync(part, tar)
  return tar
}

/** Lets the kernel start programs of arm64. */
function enableArm64(): void {
  if (spawnSync('arch-test', ['arm64']).status === 0) return
  const registry = '/proc/sys/fs/binfmt_misc'
  if (!existsSync(join(registry, 'status'))) execFileSync('mount', ['-t', 'binfmt_misc', 'binfmt_misc', registry])
  execFileSync('update-binfmts', ['--enable', 'qemu-aarch64'])
}

/** The Debian mirror of this machine. */
function mirrorOf(): string {
  const file = '/etc/apt/sources.list.d/debian.sources'
  const [, mirror] = existsSync(file) ? (/^URIs: *(\S+)/m.exec(readFileSync(file, 'utf8')) ?? []) : []
  return mirror ?? 'http://deb.debian.org/debian'
}
