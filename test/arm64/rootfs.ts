import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '@hearthwatch/package'

const release = 'trixie'
const tarOf = () => join(cacheFolder(), `rootfs-arm64-${release}.tar`)

/**
 * Makes the archive of a small Debian for arm64, if it is not in the cache. Its packages are configured under emulation.
 * @throws Error if the kernel cannot run programs for arm64, or if the archive cannot be made
 */
export async function prepareRootfs(): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error('Only root can install packages in another root.')
  if (!isEmulated()) {
    attempt('mount', '-t', 'binfmt_misc', 'binfmt_misc', '/proc/sys/fs/binfmt_misc')
    attempt('update-binfmts', '--enable', 'qemu-aarch64')
  }
  if (!isEmulated()) throw new Error('The kernel starts no programs for arm64 here: qemu-user-static and binfmt-support are missing.')
  const tar = tarOf()
  if (existsSync(tar)) return
  console.error(`Making Debian ${release} for arm64 (5 to 20 minutes) …`)
  const without = ['doc', 'locale', 'man'].map((folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`)
  const options = ['--architectures=arm64', '--variant=apt', '--mode=root', '--aptopt=Apt::Install-Recommends "false"', ...without]
  // mmdebstrap prints its steps, or a bar on a terminal.
  const child = spawn('mmdebstrap', [...options, '--include=systemd', release, `${tar}.part.tar`], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`mmdebstrap exited with ${code}.`)
  renameSync(`${tar}.part.tar`, tar)
}

/** Unpacks the archive. */
export function unpackRootfs(folder: string): void {
  mkdirSync(folder, { recursive: true })
  execFileSync('tar', ['--extract', '--file', tarOf(), '--directory', folder])
}

const isEmulated = () => existsSync('/proc/sys/fs/binfmt_misc/qemu-aarch64')

function attempt(program: string, ...args: string[]): void {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
  } catch {
    // The next check explains what is missing.
  }
}
