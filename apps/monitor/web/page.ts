import files from '@fastify/static'
import type { App } from './server.ts'

/** The page's own files, which hold nothing of the house and are for everybody: they show the login. */
export async function addPage(app: App, folder: URL): Promise<void> {
  await app.register(async (page) => {
    page.addHook('onRoute', (route) => {
      route.config = { ...route.config, open: true }
    })
    // A route per file that is there, instead of one that looks for whatever is asked: no path leads anywhere else.
    await page.register(files, {
      root: folder,
      wildcard: false,
      setHeaders: (reply) => void reply.header('cache-control', 'no-cache'),
    })
  })
}
