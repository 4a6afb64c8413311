import { existsSync } from 'node:fs'
import files from '@fastify/static'
import type { Log } from '@hearthwatch/log'
import type { App } from './server.ts'

const year = 365 * 24 * 3600

/** The page's own files, which hold nothing of the house and are for everybody: they show the login. */
export async function addPage(app: App, folder: URL, log: Log): Promise<void> {
  if (!existsSync(new URL('index.html', folder))) {
    log.warn('the page is not built: the API works, the page does not; `npm run build` makes it')
    app.get('/', { config: { open: true } }, (_, reply) => {
      reply.code(503).type('text/plain; charset=utf-8')
      return 'The page is not built. On the machine of the monitor: npm ci && npm run build\n'
    })
    return
  }
  await app.register(async (page) => {
    page.addHook('onRoute', (route) => {
      route.config = { ...route.config, open: true }
    })
    // A route per file that is there, instead of one that looks for whatever is asked: no path leads anywhere else.
    await page.register(files, {
      root: folder,
      wildcard: false,
      preCompressed: true,
      globIgnore: ['**/*.br', '**/*.gz', '*.json', '*.txt'],
      setHeaders: (reply, path) =>
        // A file with its hash in its name never changes.
        void reply.header('cache-control', path.includes('/assets/') ? `public, max-age=${year}, immutable` : 'no-cache'),
    })
  })
}
