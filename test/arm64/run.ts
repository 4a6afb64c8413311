import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { parseArgs } from 'node:util'
import { pinnedNode, unpackNode } from '@hearthwatch/package/node-binary'
import { prepareRootfs } from './rootfs.ts'

const help = `npm run test:arm64

Checks the sensor's package for arm64: lintian, and its installation, run, upgrade and purge in Debian 13 for arm64 under emulation.
Needs Debian and root: apt-get install qemu-user-static binfmt-support mmdebstrap arch-test binutils-aarch64-linux-gnu lintian mosquitto python3
The first run makes the root file system in ~/.cache/hearthwatch (HEARTHWATCH_CACHE), which takes 5 to 20 minutes; later runs take one.`

try {
  if (parseArgs({ options: { help: { type: 'boolean', short: 'h' } } }).values.help) {
    console.log(help)
    process.exit(0)
  }
} catch (error) {
  console.error(`${(error as Error).message}\n\n${help}`)
  process.exit(2)
}
try {
  await prepareRootfs()
  // For the test of the bundle in the ordinary suite.
  await unpackNode(pinnedNode('arm64'))
} catch (error) {
  console.error(`${(error as Error).message}\n\n${help}`)
  process.exit(1)
}
const tests = run({ files: [`${import.meta.dirname}/installed.check.ts`], timeout: 900_000 })
tests.on('test:fail', () => {
  process.exitCode = 1
})
tests.compose(new spec()).pipe(process.stdout)
