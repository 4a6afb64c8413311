import { join } from 'node:path'
import { build } from 'vite'

const root = join(import.meta.dirname, '..', '..')
const slim = (file: string) => join(import.meta.dirname, 'slim', file)

/**
 * Modules of libraries that are replaced in the bundle, because a sensor needs little or nothing of them. `ws` and `tls` are
 * evaluated when a broker is first reached through them: they bring http, https and much of OpenSSL.
 */
const replaced: Record<string, string> = {
  ws: slim('lazy-ws.cjs'),
  tls: slim('lazy-tls.cjs'),
  'node:tls': slim('lazy-tls.cjs'),
  // Node's own streams for other platforms.
  'readable-stream': 'node:stream',
  'worker-timers': slim('worker-timers.cjs'),
  socks: slim('none.cjs'),
  debug: slim('debug.cjs'),
  // Three measurements for the heartbeat instead of all.
  systeminformation: slim('systeminformation.cjs'),
}

const replacing = {
  name: 'replace-modules',
  enforce: 'pre' as const,
  resolveId(source: string, from: string | undefined) {
    const found = Object.hasOwn(replaced, source) ? replaced[source] : undefined
    // A replacement loads its original.
    if (found === undefined || from?.startsWith(slim(''))) return null
    return found.startsWith('node:') ? { id: found, external: true } : found
  },
}

/** The default import of typebox keeps all of it; the same object by its name keeps what is used. */
const typeboxByName = {
  name: 'typebox-by-name',
  enforce: 'pre' as const,
  transform(code: string, id: string) {
    if (id.includes('/node_modules/')) return null
    return code.replace(/^import Type(?:, \{([^}]*)\})? from 'typebox'/m, (_, names?: string) => {
      return `import { Type${names ? `,${names}` : ''} } from 'typebox'`
    })
  },
}

export interface Bundle {
  /** The text of the file `sensor.mjs`. */
  code: string
  /** The folders of the libraries in it, sorted. */
  libraries: string[]
}

/** Bundles the sensor with its libraries into one file of JavaScript for Node 24. */
export async function bundleSensor(): Promise<Bundle> {
  const result = await build({
    configFile: false,
    envDir: false,
    logLevel: 'warn',
    root,
    plugins: [replacing, typeboxByName],
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: join(root, 'apps', 'sensor', 'main.ts'),
      write: false,
      minify: true,
      target: 'node24',
      rolldownOptions: { output: { entryFileNames: 'sensor.mjs', codeSplitting: false } },
    },
  })
  if (!('output' in result)) throw new Error('the bundler watches instead of building')
  const [entry, ...others] = result.output
  if (entry.type !== 'chunk' || others.length > 0)
    throw new Error(`the bundle has more than one file: ${others.map((one) => one.fileName)}`)
  const libraries = Object.keys(entry.modules).flatMap((id) => /.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? [])
  return { code: ascii(entry.code), libraries: [...new Set(libraries)].sort() }
}

/** V8 stores a source with any wider character in two bytes a character. */
function ascii(code: string): string {
  return code.replace(/[^\0-\x7f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
