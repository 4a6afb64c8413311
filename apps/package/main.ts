import { parseArgs } from 'node:util'
import { type Architecture, architectures, buildPackage } from './build-package.ts'
import { buildMonitorPackage } from './monitor/build-monitor.ts'

const help = `npm run package:sensor [-- --arch arm64|amd64] [--out DIR]
npm run package:monitor [-- --arch arm64|amd64] [--out DIR]

Makes the Debian package of the sensor or the monitor with its own Node, for a Raspberry Pi with a 64-bit system or for any Debian
12 or later. Prints its path last.

  --arch arm64|amd64   default: arm64
  --out DIR            folder of the package; default: dist`

const builders = { sensor: buildPackage, monitor: buildMonitorPackage }

process.exitCode = await main()

async function main(): Promise<number> {
  let arch: Architecture
  let out: string | undefined
  let build: typeof buildPackage
  try {
    const options = { help: { type: 'boolean', short: 'h' }, arch: { type: 'string' }, out: { type: 'string' } } as const
    const { values, positionals } = parseArgs({ options, allowPositionals: true })
    if (values.help) {
      console.log(help)
      return 0
    }
    const [program = 'sensor', ...others] = positionals
    if (!Object.hasOwn(builders, program) || others.length > 0) throw new Error(`there is no package of ${positionals.join(' ')}`)
    build = builders[program as keyof typeof builders]
    const wanted = values.arch ?? 'arm64'
    if (!Object.hasOwn(architectures, wanted)) throw new Error(`--arch must be ${Object.keys(architectures).join(' or ')}, not ${wanted}`)
    arch = wanted as Architecture
    out = values.out
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`)
    return 2
  }
  try {
    const { file, size, notes } = await build({ arch, ...(out !== undefined && { out }), onProgress: showProgress() })
    console.error(`The package has ${(size / 1e6).toFixed(1)} MB.`)
    for (const note of notes) console.error(note)
    console.log(file)
    return 0
  } catch (error) {
    console.error(`The package could not be made: ${(error as Error).message}`)
    return 1
  }
}

/** A bar on a terminal; elsewhere a line for each step. */
function showProgress(): (step: string, done: number) => void {
  let last = ''
  return (step, done) => {
    const width = 30
    const filled = Math.round(done * width)
    if (process.stderr.isTTY) {
      const bar = done > 0 ? ` [${'#'.repeat(filled)}${'-'.repeat(width - filled)}]` : ''
      const isNew = step !== last && last !== ''
      process.stderr.write(`${isNew ? '\n' : ''}\r\u001b[K${step}${bar}${done === 1 ? '\n' : ''}`)
    } else if (step !== last) console.error(step)
    last = step
  }
}
