import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { unpackTar } from 'modern-tar'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..', '..')

/** Debian's names of the architectures that are supported, with Node's. */
export const architectures = { arm64: 'arm64', amd64: 'x64' } as const
export type Architecture = keyof typeof architectures

/** A package of the npm registry, with the hash of its archive. */
interface Pinned {
  name: string
  version: string
  integrity?: string
}

/** The Node that this repository is tested with: its version and hash are in package-lock.json. */
export function pinnedNode(arch: Architecture): Pinned & { integrity: string } {
  const name = `node-linux-${architectures[arch]}`
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const { version, integrity } = packages[`node_modules/${name}`]
  return { name, version, integrity }
}

/** Folder of downloads, which outlive a build. */
export function cacheFolder(): string {
  const folder = process.env.HEARTHWATCH_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'hearthwatch')
  mkdirSync(folder, { recursive: true })
  return folder
}

/** Node's program and the text of its licences. */
export interface NodeFiles {
  binary: Uint8Array
  license: Uint8Array
}

/** @throws Error if the archive cannot be downloaded, or does not have the pinned hash */
export async function fetchNode(pinned: Pinned): Promise<NodeFiles> {
  const { name, version } = pinned
  const file = join(cacheFolder(), `${name}-${version}.tgz`)
  if (!existsSync(file)) await download(pinned, file)
  const archive = readFileSync(file)
  if (!hasHash(archive, pinned.integrity)) {
    rmSync(file)
    throw new Error(`${name}@${version} does not have the hash of package-lock.json, and was deleted from ${cacheFolder()}`)
  }
  const wanted = ['package/bin/node', 'package/LICENSE']
  const found = new Map<string, Uint8Array>()
  for (const { header, data } of await unpackTar(gunzipSync(archive), { filter: (header) => wanted.includes(header.name) }))
    if (data) found.set(header.name, data)
  const [binary, license] = wanted.map((one) => found.get(one))
  if (binary === undefined || license === undefined) throw new Error(`${name}@${version} does not contain ${wanted.join(' and ')}`)
  return { binary, license }
}

/** The path in the cache of Node's program; it is there after `unpackNode`. */
export const programOf = ({ name, version }: Pinned): string => join(cacheFolder(), `${name}-${version}`)

/** Puts Node's program into the cache. @returns its path */
export async function unpackNode(pinned: Pinned): Promise<string> {
  const file = programOf(pinned)
  if (!existsSync(file)) {
    const { binary } = await fetchNode(pinned)
    writeFileSync(`${file}.part`, binary, { mode: 0o755 })
    renameSync(`${file}.part`, file)
  }
  return file
}

async function download({ name, version }: Pinned, file: string): Promise<void> {
  const folder = mkdtempSync(join(cacheFolder(), 'download-'))
  try {
    // On Windows npm is a script, which only a shell starts.
    await run('npm', ['pack', '--loglevel=error', '--pack-destination', folder, `${name}@${version}`], {
      shell: process.platform === 'win32',
    })
    const [archive] = readdirSync(folder)
    if (archive === undefined) throw new Error('npm pack wrote no file')
    renameSync(join(folder, archive), file)
  } catch (error) {
    throw new Error(`${name}@${version} cannot be downloaded by npm: ${(error as Error).message}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param integrity as npm writes it, `sha512-…` in base64; undefined: npm has compared the archive with the registry's */
function hasHash(archive: Uint8Array, integrity: string | undefined): boolean {
  const [, algorithm = '', hash] = /^(\w+)-(.+)$/.exec(integrity ?? '') ?? []
  return integrity === undefined || createHash(algorithm).update(archive).digest('base64') === hash
}

const strippers = {
  arm64: { foreign: 'aarch64-linux-gnu-strip', get: 'apt-get install binutils-aarch64-linux-gnu' },
  amd64: { foreign: 'x86_64-linux-gnu-strip', get: 'apt-get install binutils-x86-64-linux-gnu' },
}

/** @returns the program without its symbols; undefined if no program that can strip it is installed */
export async function strip(binary: Uint8Array, arch: Architecture): Promise<Uint8Array | undefined> {
  const isOwn = process.platform === 'linux' && process.arch === architectures[arch]
  const folder = mkdtempSync(join(cacheFolder(), 'strip-'))
  const file = join(folder, 'node')
  try {
    writeFileSync(file, binary)
    for (const program of [strippers[arch].foreign, ...(isOwn ? ['strip'] : []), 'llvm-strip']) {
      try {
        await run(program, [file])
        return readFileSync(file)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      }
    }
    return undefined
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The command that installs a program for `strip` on Debian. */
export const installStripper = (arch: Architecture): string => strippers[arch].get
