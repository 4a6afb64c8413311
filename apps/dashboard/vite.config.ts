import { defineConfig } from 'vite'
import { tellWorker } from './worker-files.ts'

export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that a proxy may put the page under a path of its own.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [tellWorker()],
  build: {
    // Wall tablets are old.
    target: ['es2021', 'chrome100', 'firefox100', 'safari15'],
    // The content security policy forbids what is inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: 'files.json',
    reportCompressedSize: false,
    rolldownOptions: {
      input: { index: 'index.html', worker: 'src/worker/worker.ts' },
      output: {
        // The address of the worker never changes: it is how browsers find the next one.
        entryFileNames: ({ name }) => (name === 'worker' ? 'worker.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
})
