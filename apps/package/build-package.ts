import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import manifest from '../../package.json' with { type: 'json' }
import { bundleSensor } from './bundle.ts'
import { makeDeb, type PackagedFile } from './deb.ts'
import { type Architecture, fetchNode, installStripper, type NodeFiles, pinnedNode, strip } from './node-binary.ts'

export { type Architecture, architectures, cacheFolder } from './node-binary.ts'

const root = join(import.meta.dirname, '..', '..')
const own = (name: string) => readFileSync(join(import.meta.dirname, 'sensor', name), 'utf8')
const name = 'hearthwatch-sensor'

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

/** Makes the Debian package of the sensor, with its own Node. The same sources, time and tools give the same bytes. */
export async function buildPackage(options: PackageOptions = {}): Promise<BuiltPackage> {
  const { arch = 'arm64', out = join(root, 'dist'), onProgress = () => {}, version = manifest.version, time = sourceDate() } = options
  const notes: string[] = []
  onProgress('bundling the sensor', 0)
  const bundle = await bundleSensor()
  const node = options.node ?? (await preparedNode(arch, notes, onProgress))

  const lib = `usr/lib/${name}`
  const doc = `usr/share/doc/${name}`
  const files: PackagedFile[] = [
    { path: `etc/${name}/sensor.env`, content: own('sensor.env'), mode: 0o600 },
    { path: `usr/bin/${name}`, content: own(`${name}.sh`), mode: 0o755 },
    { path: `${lib}/is-acknowledged.mjs`, content: own('is-acknowledged.mjs') },
    { path: `${lib}/node`, content: node.binary, mode: 0o755 },
    { path: `${lib}/sensor.mjs`, content: bundle.code },
    { path: `usr/lib/systemd/system/${name}.service`, content: own(`${name}.service`) },
    { path: `usr/lib/udev/rules.d/60-${name}.rules`, content: own(`60-${name}.rules`) },
    { path: `${doc}/changelog.gz`, content: gzip(changelog(version, time)) },
    { path: `${doc}/copyright`, content: copyright(bundle.libraries) },
    { path: `${doc}/node-notices.gz`, content: gzip(node.license) },
    { path: `usr/share/lintian/overrides/${name}`, content: own('lintian-overrides') },
    { path: `usr/share/man/man1/${name}.1.gz`, content: gzip(own(`${name}.1`)) },
  ]
  const fields = {
    Package: name,
    Version: version,
    Architecture: arch,
    Maintainer: 'Hearthwatch contributors <hearthwatch@localhost>',
    Depends: 'libc6 (>= 2.28), libgcc-s1, libstdc++6 (>= 9), systemd (>= 252)',
    Section: 'net',
    Priority: 'optional',
    Description: [
      'sensor of Hearthwatch, a home sensor monitor over MQTT',
      ' Reads the probes of this machine by the kernel and publishes their values over',
      ' MQTT. Readings are stored until the monitor has acknowledged them. The package',
      ' contains its own Node.js.',
    ].join('\n'),
  }
  const scripts = { postinst: own('postinst'), postrm: own('postrm'), prerm: own('prerm') }
  const step = 'compressing'
  const deb = await makeDeb({ fields, scripts, conffiles: [`/etc/${name}/sensor.env`], files, time }, (part) => onProgress(step, part))
  const file = resolve(out, `${name}_${version}_${arch}.deb`)
  mkdirSync(resolve(out), { recursive: true })
  writeFileSync(file, deb)
  return { file, version, size: deb.length, notes }
}

async function preparedNode(arch: Architecture, notes: string[], onProgress: (step: string, done: number) => void): Promise<NodeFiles> {
  const pinned = pinnedNode(arch)
  onProgress(`fetching Node ${pinned.version} for ${arch}`, 0)
  const { binary, license } = await fetchNode(pinned)
  onProgress('stripping Node', 0)
  const stripped = await strip(binary, arch)
  if (!stripped) notes.push(`Node is not stripped, which makes the package larger. On Debian: ${installStripper(arch)}`)
  return { binary: stripped ?? binary, license }
}

/** https://reproducible-builds.org/docs/source-date-epoch/ */
function sourceDate(): Date {
  const seconds = Number(process.env.SOURCE_DATE_EPOCH || Number.NaN)
  return Number.isInteger(seconds) ? new Date(seconds * 1000) : new Date('2026-12-01T00:00:00Z')
}

// Node writes neither a time nor a name into the header.
const gzip = (text: string | Uint8Array) => gzipSync(text, { level: 9 })

function changelog(version: string, time: Date): string {
  const date = time.toUTCString().replace('GMT', '+0000')
  return `${name} (${version}) stable; urgency=medium

  * Release ${version}.

 -- Hearthwatch contributors <hearthwatch@localhost>  ${date}
`
}

/** The licences of the package, except Node's long one. */
function copyright(libraries: readonly string[]): string {
  const parts: [string, string][] = [
    ['Hearthwatch', readFileSync(join(root, 'LICENSE'), 'utf8')],
    ...libraries.map((library): [string, string] => [`The library ${basename(library)} in sensor.mjs`, licenseOf(library)]),
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
