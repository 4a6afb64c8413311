/**
 * Runs a program of this repository under Node 24, which npm brings as an optional package of its own, whatever Node the
 * machine has: `node node24.js apps/monitor/main.ts`. Under Node 24 it only steps aside. (npm 10 does not link the
 * package's `node` into node_modules/.bin; npm 11 does, and then this already is Node 24.)
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const wanted = 24
const [script, ...args] = process.argv.slice(2)
const program = resolve(import.meta.dirname, script)
// Compiled code is kept from one start to the next: half the time to start and some 20 MB less, for without it the
// compiler that takes out the types stays in memory.
const compiled = process.env.NODE_COMPILE_CACHE ?? join(import.meta.dirname, 'node_modules', '.cache', 'node')

// npm hands SIGTERM on to the shell between it and us, and dash dies of that without a word to its child.
if (process.env.npm_lifecycle_event !== undefined) {
  const shell = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === shell) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, 250).unref()
}

if (Number.parseInt(process.versions.node, 10) >= wanted) {
  process.argv.splice(1, 2, program)
  module.enableCompileCache(compiled)
  await import(pathToFileURL(program).href)
} else {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const node = join(import.meta.dirname, 'node_modules', `node-${platform}-${process.arch}`, 'bin', name)
  if (!existsSync(node)) {
    console.error(
      `This needs Node ${wanted}; here is ${process.version}. "npm ci" brings it for Linux (x64, arm64) and Windows (x64); elsewhere please install it.`,
    )
    process.exit(1)
  }
  // A small nursery for objects: nothing here makes so many at once that a larger one would pay for its memory.
  const child = spawn(node, ['--max-semi-space-size=4', program, ...args], {
    stdio: 'inherit',
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
  })
  // Ctrl-C reaches both of us; what is sent to us alone is passed on.
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => (signal ? process.kill(process.pid, 'SIGKILL') : process.exit(code)))
}
