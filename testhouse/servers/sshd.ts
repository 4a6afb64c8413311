import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { find } from '../need.ts'
import { freePort } from '../ports.ts'

export interface Sshd {
  user: string
  port: number
  /** Private key that may log in. */
  keyFile: string
  /** Of the server's key, `SHA256:…`. */
  fingerprint: string
  /** The server's line for a known_hosts file. */
  knownHosts: string
  stop(): Promise<void>
}

/** Starts OpenSSH's sshd with SFTP on 127.0.0.1, for the user of this process. Guard the suite with `need('sshd')`. */
export async function startSshd(): Promise<Sshd> {
  const dir = mkdtempSync(join(tmpdir(), 'sshd-'))
  const at = (name: string) => join(dir, name)
  for (const name of ['host', 'user']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(name)])
  const { username: user } = userInfo()
  // Its service would make this folder, which it wants when root starts it.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    writeFileSync(
      at('config'),
      [
        ...['ListenAddress 127.0.0.1', `Port ${port}`, `HostKey ${at('host')}`, `AuthorizedKeysFile ${at('user.pub')}`],
        ...['PidFile none', 'UsePAM no', 'StrictModes no', 'PermitRootLogin yes', 'Subsystem sftp internal-sftp', ''],
      ].join('\n'),
    )
    const child = spawn(find('sshd') ?? '/usr/sbin/sshd', ['-D', '-e', '-f', at('config')], { stdio: ['ignore', 'ignore', 'pipe'] })
    let log = ''
    const listens = await new Promise<boolean>((resolve) => {
      child.stderr.on('data', (part) => {
        log += part
        if (log.includes('Server listening')) resolve(true)
      })
      child.once('close', () => resolve(false))
    })
    if (!listens) {
      if (/Address already in use/.test(log) && attempt < 5) continue
      rmSync(dir, { recursive: true })
      throw new Error(`sshd did not start: ${log}`)
    }
    const kill = () => child.kill('SIGKILL')
    process.once('exit', kill)
    const [type, key] = readFileSync(at('host.pub'), 'utf8').split(' ')
    return {
      ...{ user, port, keyFile: at('user') },
      fingerprint: execFileSync('ssh-keygen', ['-lf', at('host.pub')], { encoding: 'utf8' }).split(' ')[1] ?? '',
      knownHosts: `[127.0.0.1]:${port} ${type} ${key}\n`,
      async stop() {
        process.off('exit', kill)
        const gone = once(child, 'close')
        child.kill()
        await gone
        rmSync(dir, { recursive: true })
      },
    }
  }
}
