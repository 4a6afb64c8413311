/**
 * Runs a program of this repository under Node 24, which npm brings as an optional package of its own, whatever Node the
 * machine has: `node node24.js apps/monitor/main.ts`. Under Node 24 it only steps aside. (npm 10 does not link the
 * package's `node` into node_modules/.bin; npm 11 does, and then this already is Node 24.)
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const wanted = 24
const [script, ...args] = process.argv.slice(2)
const program = resolve(import.meta.dirname, script)

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
  const child = spawn(node, [program, ...args], { stdio: 'inherit' })
  // Ctrl-C reaches both of us; what is sent to us alone is passed on.
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => (signal ? process.kill(process.pid, 'SIGKILL') : process.exit(code)))
}
