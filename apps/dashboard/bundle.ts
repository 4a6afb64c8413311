import { createHash } from 'node:crypto'
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const here = import.meta.dirname
const built = join(here, 'dist')

/** A hash of all sources of the page. */
function fingerprint(): string {
  const hash = createHash('sha256')
  const own = ['index.html', '*.ts', 'package.json', 'src/**/*', 'public/*']
  const sources = globSync([...own, '../../packages/{api,protocol}/*.ts', '../../package-lock.json'], { cwd: here })
  for (const file of sources.sort()) {
    const path = join(here, file)
    if (statSync(path).isFile()) hash.update(`${file}\n`).update(readFileSync(path))
  }
  return hash.digest('hex')
}

const stamp = join(built, 'built-from.txt')
/** True if the page is built from the current sources. */
export const isFresh = (): boolean => existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint()

/** Builds in a temporary folder and moves the result into place, so that no half of a build is ever served. */
export async function build(): Promise<void> {
  const { build: bundle } = await import('vite')
  const before = fingerprint()
  const aside = join(here, `dist.${process.pid}`)
  try {
    await bundle({ configFile: join(here, 'vite.config.ts'), logLevel: 'warn', build: { outDir: aside, emptyOutDir: true } })
    compress(aside)
    mkdirSync(join(built, 'assets'), { recursive: true })
    cpSync(join(aside, 'assets'), join(built, 'assets'), { recursive: true, preserveTimestamps: false })
    const names = globSync('*', { cwd: aside }).filter((name) => name !== 'assets')
    // index.html, which refers to the other files, is moved last.
    for (const name of names.sort((a, b) => Number(a.startsWith('index.html')) - Number(b.startsWith('index.html'))))
      renameSync(join(aside, name), join(built, name))
    writeFileSync(stamp, before)
    clearOld(names, globSync('assets/*', { cwd: aside }))
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
}

function compress(folder: string): void {
  for (const file of globSync('**/*.{html,js,css,svg,webmanifest}', { cwd: folder })) {
    const path = join(folder, file)
    const text = readFileSync(path)
    writeFileSync(`${path}.br`, brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: text.length } }))
    writeFileSync(`${path}.gz`, gzipSync(text, { level: 9 }))
  }
}

/** Deletes the files of older builds. A running monitor has them in memory, and an open page reloads itself. */
function clearOld(names: string[], assets: string[]): void {
  const now = new Set([...names, ...assets, 'built-from.txt', 'assets'])
  for (const file of globSync(['*', 'assets/*'], { cwd: built })) {
    if (!now.has(file)) rmSync(join(built, file), { recursive: true, force: true })
  }
}
