/**
 * Runs a program of this repository under Node 24, whatever Node the machine has: `node node24.js apps/monitor/main.ts`.
 * npm installs Node 24 as an optional package. Under Node 24 the program is imported directly. (npm 11 links the package's
 * `node` into node_modules/.bin, so this file already runs under Node 24; npm 10 does not.)
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const wanted = 24
const [script, ...args] = process.argv.slice(2)
const program = resolve(import.meta.dirname, script)
// A cache of compiled code halves the time to start and saves some 20 MB. Without it the compiler that strips the types
// stays in memory.
const compiled = process.env.NODE_COMPILE_CACHE ?? join(import.meta.dirname, 'node_modules', '.cache', 'node')

// npm passes SIGTERM to the shell between it and this process, and dash dies of it without passing it on.
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
  process.env.NODE_COMPILE_CACHE = compiled
  module.enableCompileCache(compiled)
  await import(pathToFileURL(program).href)
} else {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const node = join(import.meta.dirname, 'node_modules', `node-${platform}-${process.arch}`, 'bin', name)
  if (!existsSync(node)) {
    console.error(
      `Node ${wanted} is required; this is ${process.version}. "npm ci" installs it for Linux (x64, arm64) and Windows (x64); elsewhere install it yourself.`,
    )
    process.exit(1)
  }
  // A small nursery for objects saves memory; no program here makes enough objects at once to need a larger one.
  const child = spawn(node, ['--max-semi-space-size=4', program, ...args], {
    stdio: 'inherit',
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
  })
  // Ctrl-C reaches both processes; other signals reach only this one and are passed on.
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => (signal ? process.kill(process.pid, 'SIGKILL') : process.exit(code)))
}
