import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import manifest from '../../package.json' with { type: 'json' }
import { type Deb, makeDeb } from './deb.ts'
import { type Architecture, fetchNode, installStripper, type NodeFiles, pinnedNode, strip } from './node-binary.ts'

export const root = join(import.meta.dirname, '..', '..')

export interface PackageOptions {
  /** Default: arm64. */
  arch?: Architecture
  /** Folder of the package, made if it is missing. Default: `dist` in the repository. */
  out?: string
  /** Receives each step, and the part of it that is done, 0 to 1. */
  onProgress?: (step: string, done: number) => void
  /** Node's program and licence. Default: the pinned one, downloaded once and stripped. */
  node?: NodeFiles
  /** Default: the version of this repository. */
  version?: string
  /** The time of every file in the package. Default: SOURCE_DATE_EPOCH, else a fixed day. */
  time?: Date
}

export interface BuiltPackage {
  /** The absolute path of the package. */
  file: string
  version: string
  /** Size in bytes. */
  size: number
  /** Sentences for the person who has built it. */
  notes: string[]
}

/** The options with their defaults. */
export function complete(options: PackageOptions) {
  const { arch = 'arm64', out = join(root, 'dist'), onProgress = () => {}, version = manifest.version, time = sourceDate() } = options
  return { arch, out, onProgress, version, time }
}

/** Node for this architecture: the given one, else the pinned one without its symbols. @param notes receives a sentence if it cannot be stripped */
export async function nodeFor(options: PackageOptions, notes: string[]): Promise<NodeFiles> {
  if (options.node !== undefined) return options.node
  const { arch, onProgress } = complete(options)
  const pinned = pinnedNode(arch)
  onProgress(`fetching Node ${pinned.version} for ${arch}`, 0)
  const { binary, license } = await fetchNode(pinned)
  onProgress('stripping Node', 0)
  const stripped = await strip(binary, arch)
  if (!stripped) notes.push(`Node is not stripped, which makes the package larger. On Debian: ${installStripper(arch)}`)
  return { binary: stripped ?? binary, license }
}

/** The parts of a package that differ between ours. */
export interface Contents extends Pick<Deb, 'files' | 'scripts' | 'conffiles'> {
  name: string
  depends: string
  description: readonly string[]
}

/** Writes the package into its folder. The same contents and time give the same bytes. */
export async function writePackage(
  { name, depends, description, files, scripts, conffiles }: Contents,
  options: PackageOptions,
  notes: string[],
): Promise<BuiltPackage> {
  const { arch, out, onProgress, version, time } = complete(options)
  const fields = {
    Package: name,
    Version: version,
    Architecture: arch,
    Maintainer: 'Hearthwatch contributors <hearthwatch@localhost>',
    Depends: depends,
    Section: 'net',
    Priority: 'optional',
    Description: description.join('\n'),
  }
  const deb = await makeDeb({ fields, scripts, conffiles, files, time }, (part) => onProgress('compressing', part))
  const file = resolve(out, `${name}_${version}_${arch}.deb`)
  mkdirSync(resolve(out), { recursive: true })
  writeFileSync(file, deb)
  return { file, version, size: deb.length, notes }
}

/** https://reproducible-builds.org/docs/source-date-epoch/ */
function sourceDate(): Date {
  const seconds = Number(process.env.SOURCE_DATE_EPOCH || Number.NaN)
  return Number.isInteger(seconds) ? new Date(seconds * 1000) : new Date('2026-12-01T00:00:00Z')
}

// Node writes neither a time nor a name into the header.
export const gzip = (text: string | Uint8Array) => gzipSync(text, { level: 9 })

export function changelog(name: string, version: string, time: Date): string {
  const date = time.toUTCString().replace('GMT', '+0000')
  return `${name} (${version}) stable; urgency=medium

  * Release ${version}.

 -- Hearthwatch contributors <hearthwatch@localhost>  ${date}
`
}

/** The licences of the package, except Node's long one. @param place the file or folder in which the libraries are */
export function copyright(libraries: readonly string[], place: string): string {
  const parts: [string, string][] = [
    ['Hearthwatch', readFileSync(join(root, 'LICENSE'), 'utf8')],
    ...libraries.map((library): [string, string] => [`The library ${basename(library)} in ${place}`, licenseOf(library)]),
    ['Node.js', 'MIT and others: see node-notices.gz in this folder.'],
  ]
  return parts.map(([title, text]) => `${title}\n${'='.repeat(title.length)}\n\n${text.trim()}\n`).join('\n\n')
}

function licenseOf(folder: string): string {
  const [file] = globSync('{LICENSE,LICENCE,license}*', { cwd: folder })
  if (file !== undefined) return readFileSync(join(folder, file), 'utf8')
  const { license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return `${license}, by ${author?.name ?? author ?? 'its contributors'}`
}
