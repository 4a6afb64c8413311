import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

/** Writes the list of files and a hash of them into the page's worker. */
export function tellWorker(): Plugin {
  return {
    name: 'tell-worker',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const worker = bundle['worker.js']
        if (worker?.type !== 'chunk') throw new Error('The page has no worker.')
        const hash = createHash('sha256')
        const names: string[] = []
        for (const [name, file] of Object.entries(bundle).sort(([a], [b]) => (a < b ? -1 : 1))) {
          if (name.endsWith('.map') || name === 'files.json') continue
          hash.update(name).update(file.type === 'chunk' ? file.code : file.source)
          if (name !== 'worker.js') names.push(name)
        }
        const folder = join(import.meta.dirname, 'public')
        for (const name of readdirSync(folder).sort()) {
          hash.update(name).update(readFileSync(join(folder, name)))
          names.push(name)
        }
        const version = hash.digest('hex').slice(0, 16)
        worker.code = worker.code
          .replace(/\bFILES\b/, JSON.stringify(names.map((name) => `./${name}`)))
          .replace(/\bVERSION\b/, JSON.stringify(version))
      },
    },
  }
}
