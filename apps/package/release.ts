import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import manifest from '../../package.json' with { type: 'json' }
import { type Architecture, architectures, buildPackage } from './build-package.ts'
import { buildMonitorPackage } from './monitor/build-monitor.ts'
import { notesOf, sumsOf, versionOf } from './release-notes.ts'

const help = `npm run release -- --tag vX.Y.Z [--out DIR]

Makes the files of a release: the Debian packages of sensor and monitor for every architecture, SHA256SUMS, and notes.md from CHANGELOG.md.
The tag must be the version in package.json. Prints the path of each file.

  --tag vX.Y.Z   the tag of the release
  --out DIR      folder of the files; default: dist`

process.exitCode = await main()

async function main(): Promise<number> {
  let tag: string
  let out: string
  try {
    const options = { help: { type: 'boolean', short: 'h' }, tag: { type: 'string' }, out: { type: 'string', default: 'dist' } } as const
    const { values } = parseArgs({ options })
    if (values.help) {
      console.log(help)
      return 0
    }
    if (values.tag === undefined) throw new Error('--tag is missing.')
    tag = values.tag
    out = resolve(values.out)
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`)
    return 2
  }
  try {
    const version = versionOf(tag, manifest.version)
    const notes = notesOf(readFileSync(join(import.meta.dirname, '..', '..', 'CHANGELOG.md'), 'utf8'), version)
    mkdirSync(out, { recursive: true })
    const files: { name: string; sha256: string }[] = []
    for (const arch of Object.keys(architectures) as Architecture[]) {
      for (const [program, build] of Object.entries({ sensor: buildPackage, monitor: buildMonitorPackage })) {
        console.error(`the ${program} for ${arch}`)
        const { file } = await build({ arch, out })
        files.push({ name: basename(file), sha256: createHash('sha256').update(readFileSync(file)).digest('hex') })
      }
    }
    writeFileSync(join(out, 'SHA256SUMS'), sumsOf(files))
    writeFileSync(join(out, 'notes.md'), notes)
    for (const name of [...files.map(({ name }) => name), 'SHA256SUMS', 'notes.md']) console.log(join(out, name))
    return 0
  } catch (error) {
    console.error(`The release could not be made: ${(error as Error).message}`)
    return 1
  }
}
