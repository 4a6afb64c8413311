import { parseArgs } from 'node:util'
import { build, isFresh } from './bundle.ts'

const help = `npm run build [-- --if-needed]

Builds the page into apps/dashboard/dist, compressed.

  --if-needed   only if it is missing or older than its sources; if the build fails, the reason is printed and the exit code is 0:
                the monitor starts without the page, or with the one that is there`

process.exitCode = await main()

async function main(): Promise<number> {
  let ifNeeded: boolean
  try {
    const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' }, 'if-needed': { type: 'boolean' } } })
    if (values.help) {
      console.log(help)
      return 0
    }
    ifNeeded = values['if-needed'] ?? false
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`)
    return 2
  }
  if (ifNeeded && isFresh()) return 0
  try {
    import.meta.resolve('vite')
  } catch {
    console.error('The page cannot be built here: Vite is not installed (npm ci without --omit=dev brings it).')
    return ifNeeded ? 0 : 1
  }
  const start = performance.now()
  try {
    await build()
  } catch (error) {
    console.error(`The page could not be built: ${(error as Error).message}`)
    return ifNeeded ? 0 : 1
  }
  console.log(`The page is built (${((performance.now() - start) / 1000).toFixed(1)} s).`)
  return 0
}
