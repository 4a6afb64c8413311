import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Log } from '@hearthwatch/log'
import type { App } from '../app.ts'

const year = 365 * 24 * 3600

const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'application/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  webmanifest: 'application/manifest+json',
}

/** A file of the page in all encodings, which the build makes. */
interface PageFile {
  type: string
  tag: string
  cacheControl: string
  plain: Buffer
  br: Buffer | null
  gzip: Buffer | null
}

/** Serves the files of the page, without a login: they contain no data and show the login. */
export function addPage(app: App, folder: URL, log: Log): void {
  const root = fileURLToPath(folder)
  if (!existsSync(join(root, 'index.html'))) {
    log.warn('the page is not built: only the API is served; run `npm run build`')
    app.get('/', { config: { open: true }, schema: { hide: true } }, (_, reply) => {
      reply.code(503).type('text/plain; charset=utf-8')
      return 'The page is not built. On the machine of the monitor: npm ci && npm run build\n'
    })
    return
  }
  // One route per existing file, so no path can lead outside the folder.
  for (const name of globSync(`**/*.{${Object.keys(types)}}`, { cwd: root })) {
    // In memory, so that a build while the monitor runs cannot mix files of two versions.
    const file = readPageFile(join(root, name), name.startsWith('assets'))
    if (file === null) continue
    const path = `/${name.replaceAll('\\', '/')}`
    addFile(app, path, file)
    if (path === '/index.html') addFile(app, '/', file)
  }
}

/** @returns null if a build that is running has deleted the file */
function readPageFile(path: string, isHashed: boolean): PageFile | null {
  const encoded = (extension: string) => readIfThere(`${path}.${extension}`)
  const plain = readIfThere(path)
  if (plain === null) return null
  return {
    type: types[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
    tag: createHash('sha256').update(plain).digest('base64url').slice(0, 22),
    // A file with a hash in its name never changes.
    cacheControl: isHashed ? `public, max-age=${year}, immutable` : 'no-cache',
    plain,
    br: encoded('br'),
    gzip: encoded('gz'),
  }
}

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function addFile(app: App, path: string, file: PageFile): void {
  app.get(path, { config: { open: true, compress: false }, schema: { hide: true } }, (request, reply) => {
    const taken = request.headers['accept-encoding'] ?? ''
    const encoding = (['br', 'gzip'] as const).find((one) => file[one] !== null && accepts(taken, one))
    // Each encoding has its own tag, so that proxy caches do not mix them.
    const tag = `"${file.tag}${encoding ?? ''}"`
    reply.headers({ etag: tag, vary: 'accept-encoding', 'cache-control': file.cacheControl })
    if (request.headers['if-none-match'] === tag) return reply.code(304).send()
    reply.type(file.type)
    if (encoding !== undefined) reply.header('content-encoding', encoding)
    return reply.send((encoding && file[encoding]) ?? file.plain)
  })
}

/** True if the header names the encoding without weight 0, as in `gzip, br;q=0`. */
function accepts(header: string, encoding: string): boolean {
  return header.split(',').some((part) => {
    const [name = '', ...rest] = part.split(';').map((piece) => piece.trim())
    return name === encoding && !rest.some((weight) => /^q=0(\.0*)?$/.test(weight))
  })
}
