import { defineConfig } from 'vite'
import { tellWorker } from './worker-files.ts'

export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that a proxy can serve the page under another path.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [tellWorker()],
  build: {
    // Old wall tablets are supported.
    target: ['es2021', 'chrome100', 'firefox100', 'safari15'],
    // The content security policy forbids inlined files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: 'files.json',
    reportCompressedSize: false,
    rolldownOptions: {
      input: { index: 'index.html', worker: 'src/worker/worker.ts' },
      output: {
        // The worker's address never changes, because browsers look there for its next version.
        entryFileNames: ({ name }) => (name === 'worker' ? 'worker.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
})
