import { execFileSync, spawn } from 'node:child_process'
import { copyFileSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { bundleSensor } from '@hearthwatch/package/bundle'
import { cacheFolder } from '@hearthwatch/package/node-binary'

/** The test cannot run here; the message says what to install. */
export class Unavailable extends Error {}

const drivers = ['i2c-dev', 'i2c-stub', 'lm75', 'tmp102', 'jc42', 'bmp280-i2c']
/** ms; a loaded machine emulates slowly. */
const longest = 300_000

/** Debian's kernel for amd64 has i2c-stub, which its kernel for arm64 lacks. @returns the folder of the unpacked package */
export function fetchKernel(): string {
  try {
    const cache = join(cacheFolder(), 'drivers')
    mkdirSync(cache, { recursive: true })
    const [depends = ''] = /linux-image-[\w.+-]+/.exec(run('apt-cache', ['depends', 'linux-image-amd64']).split('Depends:')[1] ?? '') ?? []
    const folder = join(cache, depends)
    if (depends === '') throw new Error('apt-cache knows no linux-image-amd64')
    if (existsSync(join(folder, 'complete'))) return folder
    run('apt-get', ['download', depends], { cwd: cache })
    const [deb = ''] = globSync(`${depends}_*.deb`, { cwd: cache })
    rmSync(folder, { recursive: true, force: true })
    run('dpkg-deb', ['--extract', deb, folder], { cwd: cache })
    rmSync(join(cache, deb))
    writeFileSync(join(folder, 'complete'), '')
    return folder
  } catch (error) {
    throw new Unavailable(`Debian's kernel (linux-image-amd64) cannot be had by apt-get download: ${(error as Error).message}`)
  }
}

/** Makes the initial file system: busybox, Node with its libraries, the kernel's modules and the bundled sensor. @returns its file */
export async function makeInitramfs(kernel: string, work: string): Promise<string> {
  const root = join(work, 'root')
  for (const folder of ['bin', 'proc', 'sys', 'dev', 'modules']) mkdirSync(join(root, folder), { recursive: true })
  copyFileSync(program('busybox', 'busybox-static'), join(root, 'bin/busybox'))
  copyFileSync(join(import.meta.dirname, 'init.sh'), join(root, 'init'))
  execFileSync('chmod', ['755', join(root, 'init')])
  run('ln', ['-s', 'busybox', join(root, 'bin/sh')])
  copyFileSync(process.execPath, join(root, 'bin/node'))
  for (const [library] of run('ldd', [process.execPath]).matchAll(/\/\S+/g)) {
    mkdirSync(join(root, dirname(library)), { recursive: true })
    copyFileSync(library, join(root, library))
  }
  writeFileSync(join(root, 'sensor.mjs'), (await bundleSensor()).code)
  copyModules(kernel, join(root, 'modules'))
  const file = join(work, 'initramfs')
  run('sh', ['-c', `cd "${root}" && find . | busybox cpio -o -H newc >"${file}"`])
  return file
}

/** Copies the drivers and the modules that they need, with a list in the order in which to load them. */
function copyModules(kernel: string, to: string): void {
  const files = globSync('{usr/,}lib/modules/*/kernel/**/*.ko{,.xz}', { cwd: kernel })
  const order: string[] = []
  const add = (name: string): void => {
    const plain = (file: string) => basename(file).replace('.xz', '')
    const file = files.find((path) => plain(path).replaceAll('_', '-') === `${name.replaceAll('_', '-')}.ko`)
    // It is built into the kernel.
    if (file === undefined || order.includes(plain(file))) return
    const packed = readFileSync(join(kernel, file))
    const module = file.endsWith('.xz') ? execFileSync('xz', ['-dc'], { input: packed, maxBuffer: 1e8 }) : packed
    const depends = /\0depends=([^\0]*)\0/.exec(module.toString('latin1'))?.[1] ?? ''
    for (const needed of depends.split(',').filter(Boolean)) add(needed)
    order.push(plain(file))
    writeFileSync(join(to, plain(file)), module)
  }
  for (const driver of drivers) add(driver)
  writeFileSync(join(to, 'order'), order.join('\n'))
}

/** Boots the kernel with the initial file system. @returns the results that it prints, by name */
export async function boot(kernel: string, initramfs: string): Promise<{ results: Map<string, string>; output: string }> {
  const [image = ''] = globSync('boot/vmlinuz-*', { cwd: kernel })
  const options = ['-nographic', '-no-reboot', '-m', '1024', '-nic', 'none', '-kernel', join(kernel, image), '-initrd', initramfs]
  const child = spawn(program('qemu-system-x86_64', 'qemu-system-x86'), [...options, '-append', 'console=ttyS0 quiet panic=-1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: longest,
  })
  let output = ''
  // A name of three bytes may lie in two chunks.
  child.stdout.setEncoding('utf8')
  for await (const chunk of child.stdout) output += chunk
  // The firmware's reset of the terminal may stand on the same line, before a result.
  const lines = [...output.replaceAll('\r', '').matchAll(/RESULT (\w+) (.*)$/gm)]
  return { results: new Map(lines.map(([, name = '', text = '']) => [name, text])), output }
}

export const makeWorkFolder = (): string => mkdtempSync(join(tmpdir(), 'drivers-'))

/** @throws Unavailable naming the package */
function program(name: string, debian: string): string {
  try {
    return run('sh', ['-c', `command -v ${name}`]).trim()
  } catch {
    throw new Unavailable(`${name} is not installed: apt-get install ${debian}`)
  }
}

function run(name: string, args: string[], options: { cwd?: string } = {}): string {
  return execFileSync(name, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options })
}
