import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PiImage } from './pi-image.ts'

/** Address of the broker as the virtual machine reaches it. It reaches nothing else: no internet. */
export const brokerInMachine = '10.0.2.100'

export interface Machine {
  /** Cuts the power. */
  kill(): Promise<void>
  /** The last lines of its console. */
  console(): string
}

const machines = new Set<ChildProcess>()
process.once('exit', () => {
  for (const machine of machines) machine.kill('SIGKILL')
})

/**
 * Starts a virtual machine of arm64 with the card. Its clock says 2020.
 * @param brokerPort port of the broker with TLS on this machine
 */
export function startMachine({ disk, kernel, initrd }: PiImage, folder: string, name: string, brokerPort: number): Machine {
  const serial = join(folder, `${name}.log`)
  const child = spawn(
    'qemu-system-aarch64',
    [
      ...['-M', 'virt', '-cpu', 'cortex-a53', '-accel', 'tcg,thread=multi', '-smp', '2', '-m', '512'],
      ...['-nographic', '-monitor', 'none', '-serial', `file:${serial}`, '-no-reboot', '-kernel', kernel, '-initrd', initrd],
      ...['-append', 'console=ttyAMA0 root=LABEL=rootfs rw rootwait net.ifnames=0 audit=0 systemd.journald.forward_to_console=1'],
      ...['-drive', `file=${disk},if=none,id=card,format=raw`, '-device', 'virtio-blk-pci,drive=card', '-rtc', 'base=2020-01-01T00:00:00'],
      ...['-netdev', `user,id=net,restrict=on,guestfwd=tcp:${brokerInMachine}:8883-cmd:socat - TCP:127.0.0.1:${brokerPort}`],
      ...['-device', 'virtio-net-pci,netdev=net,romfile='],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  machines.add(child)
  child.once('exit', () => machines.delete(child))
  return {
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
    console: () => (existsSync(serial) ? readFileSync(serial, 'utf8').split('\n').slice(-40).join('\n') : ''),
  }
}
