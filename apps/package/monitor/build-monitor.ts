import { execFile } from 'node:child_process'
import { globSync, readFileSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { promisify } from 'node:util'
import { type BuiltPackage, changelog, complete, copyright, gzip, nodeFor, type PackageOptions, root, writePackage } from '../contents.ts'
import type { PackagedFile, PackagedLink } from '../deb.ts'
import { type Architecture, architectures } from '../node-binary.ts'
import { dependenciesOf } from './dependencies.ts'
import { unit } from './unit.ts'

const own = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8')
const name = 'hearthwatch-monitor'
const lib = `usr/lib/${name}`

/**
 * Makes the Debian package of the monitor, with its own Node, the page and setup. It contains the sources, as the image does. The
 * same sources, time and tools give the same bytes.
 */
export async function buildMonitorPackage(options: PackageOptions = {}): Promise<BuiltPackage> {
  const { arch, onProgress, version, time } = complete(options)
  const notes: string[] = []
  onProgress('building the page', 0)
  await promisify(execFile)(process.execPath, [join(root, 'apps/dashboard/build.ts'), '--if-needed'], { cwd: root })
  const { workspaces, libraries, links } = dependenciesOf(['apps/monitor', 'apps/cli'])
  const node = await nodeFor(options, notes)
  const doc = `usr/share/doc/${name}`
  const files: (PackagedFile | PackagedLink)[] = [
    { path: `etc/${name}/monitor.env`, content: own('monitor.env'), mode: 0o600 },
    { path: `usr/bin/${name}`, content: own(`${name}.sh`), mode: 0o755 },
    { path: `${lib}/node`, content: node.binary, mode: 0o755 },
    { path: `${lib}/package.json`, content: readFileSync(join(root, 'package.json')) },
    ...['mosquitto/acl', 'mosquitto/mosquitto.conf'].map(packaged),
    ...workspaces.flatMap(sourcesOf).map(packaged),
    ...filesIn('apps/dashboard/dist').map(packaged),
    ...libraries.flatMap((folder) => libraryFiles(folder, arch)).map(packaged),
    ...[...links].map(([path, to]) => ({ path: `${lib}/${path}`, link: posix.relative(posix.dirname(path), to) })),
    { path: `usr/lib/systemd/system/${name}.service`, content: unit },
    { path: `usr/lib/sysusers.d/${name}.conf`, content: own(`${name}.sysusers`) },
    { path: `${doc}/changelog.gz`, content: gzip(changelog(name, version, time)) },
    {
      path: `${doc}/copyright`,
      content: copyright(
        libraries.map((folder) => join(root, folder)),
        'node_modules',
      ),
    },
    { path: `${doc}/node-notices.gz`, content: gzip(node.license) },
    { path: `usr/share/lintian/overrides/${name}`, content: own('lintian-overrides') },
    { path: `usr/share/man/man1/${name}.1.gz`, content: gzip(own(`${name}.1`)) },
  ]
  const contents = {
    name,
    // The glibc of better-sqlite3's binary.
    depends: 'libc6 (>= 2.34), libgcc-s1, libstdc++6 (>= 9), systemd (>= 252)',
    description: [
      'monitor of Hearthwatch, a home sensor monitor over MQTT',
      ' Stores the readings of the sensors, raises alerts, sends notifications and',
      ' serves a page. It has its own MQTT broker, or uses another one. The package',
      ' contains its own Node.js.',
    ],
    files,
    scripts: { postinst: own('postinst'), postrm: own('postrm'), prerm: own('prerm') },
    conffiles: [`/etc/${name}/monitor.env`],
  }
  return writePackage(contents, options, notes)
}

const packaged = (path: string): PackagedFile => ({ path: `${lib}/${path}`, content: readFileSync(join(root, path)) })

/** Every file in a folder, from the root of the repository, in one order on every machine. */
function filesIn(folder: string, isWanted: (path: string) => boolean = () => true): string[] {
  return globSync('**/*', { cwd: join(root, folder), exclude: (path) => /(^|\/)node_modules$/.test(path) })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => isWanted(path) && statSync(join(root, folder, path)).isFile())
    .sort()
    .map((path) => `${folder}/${path}`)
}

const sourcesOf = (workspace: string) => filesIn(workspace, (path) => !/^(test|dist)\//.test(path))

/** The files of a library that run. */
function libraryFiles(folder: string, arch: Architecture): string[] {
  const isSqlite = folder.endsWith('/better-sqlite3')
  return filesIn(folder, (path) => {
    if (/\.(d\.[cm]?ts|map|md|markdown)$/i.test(path) || /^(tests?|docs|benchmarks?|examples?|\.github)\//.test(path)) return false
    if (!isSqlite) return true
    // SQLite's sources, and binaries for other machines.
    return !/^(deps|src)\//.test(path) && (!path.startsWith('prebuilds/') || path === `prebuilds/linux-${architectures[arch]}.node`)
  })
}
