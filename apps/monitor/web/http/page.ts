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

/** A file of the page; each of its encodings is made by the build. */
interface PageFile {
  type: string
  tag: string
  cacheControl: string
  plain: Buffer
  br: Buffer | null
  gzip: Buffer | null
}

/** The page's own files, which hold nothing of the house and are for everybody: they show the login. */
export function addPage(app: App, folder: URL, log: Log): void {
  const root = fileURLToPath(folder)
  if (!existsSync(join(root, 'index.html'))) {
    log.warn('the page is not built: the API works, the page does not; `npm run build` makes it')
    app.get('/', { config: { open: true }, schema: { hide: true } }, (_, reply) => {
      reply.code(503).type('text/plain; charset=utf-8')
      return 'The page is not built. On the machine of the monitor: npm ci && npm run build\n'
    })
    return
  }
  // A route per file that is there, instead of one that looks for whatever is asked: no path leads anywhere else.
  for (const name of globSync(`**/*.{${Object.keys(types)}}`, { cwd: root })) {
    // Held in memory: a page that is built meanwhile belongs to the monitor that is started next, and halves of two are none.
    const file = readPageFile(join(root, name), name.startsWith('assets'))
    if (file === null) continue
    const path = `/${name.replaceAll('\\', '/')}`
    addFile(app, path, file)
    if (path === '/index.html') addFile(app, '/', file)
  }
}

/** @returns null where it is gone: the page is being built just now, and this file is not of the new one */
function readPageFile(path: string, isHashed: boolean): PageFile | null {
  const encoded = (extension: string) => readIfThere(`${path}.${extension}`)
  const plain = readIfThere(path)
  if (plain === null) return null
  return {
    type: types[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
    tag: createHash('sha256').update(plain).digest('base64url').slice(0, 22),
    // A file with its hash in its name never changes.
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
    // Each encoding is another text: a tag of its own keeps caches on the way from mixing them up.
    const tag = `"${file.tag}${encoding ?? ''}"`
    reply.headers({ etag: tag, vary: 'accept-encoding', 'cache-control': file.cacheControl })
    if (request.headers['if-none-match'] === tag) return reply.code(304).send()
    reply.type(file.type)
    if (encoding !== undefined) reply.header('content-encoding', encoding)
    return reply.send((encoding && file[encoding]) ?? file.plain)
  })
}

/** `gzip, br;q=0`: what is named is taken, unless its weight is nothing. */
function accepts(header: string, encoding: string): boolean {
  return header.split(',').some((part) => {
    const [name = '', ...rest] = part.split(';').map((piece) => piece.trim())
    return name === encoding && !rest.some((weight) => /^q=0(\.0*)?$/.test(weight))
  })
}
