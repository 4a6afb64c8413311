import { folder, installer } from './inspect.ts'

const begin = '# BEGIN hearthwatch-sensor'
const end = '# END hearthwatch-sensor'

/** `config.txt` with these lines in one marked block at its end, for all models. An earlier block is replaced. */
export function withOverlays(config: string, lines: readonly string[]): string {
  const rest = config.replace(new RegExp(`(\\r?\\n)*${begin}[^]*?${end}[^\\n]*`, 'g'), '').replace(/\s*$/, '\n')
  const all = [...new Set(lines)]
  return all.length === 0 ? rest : `${rest}\n${begin}\n[all]\n${all.join('\n')}\n${end}\n`
}

/** `cmdline.txt` on one line, with the country of the Wi-Fi. */
export function withCountry(cmdline: string, country: string): string {
  const words = wordsOf(cmdline).filter((word) => !word.startsWith('cfg80211.ieee80211_regdom='))
  return `${[...words, `cfg80211.ieee80211_regdom=${country}`].join(' ')}\n`
}

/** `cmdline.txt` that starts our installer once, on a system without cloud-init. */
export function withSystemdRun(cmdline: string): string {
  const words = wordsOf(cmdline).filter((word) => !word.startsWith('systemd.'))
  return `${[
    ...words,
    `systemd.run="/bin/sh ${installer} /boot/firmware/${folder}"`,
    'systemd.run_success_action=reboot',
    'systemd.run_failure_action=reboot',
    'systemd.unit=kernel-command-line.target',
  ].join(' ')}\n`
}

/** True if `firstrun.sh` of Raspberry Pi Imager runs at the next boot already. */
export const hasFirstrun = (cmdline: string) => /systemd\.run=\S*firstrun\.sh/.test(cmdline)

/** `firstrun.sh` of Raspberry Pi Imager with a call of our installer. */
export function withCall(firstrun: string): string {
  if (firstrun.includes(installer)) return firstrun
  const call = `sh ${installer} /boot/firmware/${folder}`
  return /^set \+e$/m.test(firstrun) ? firstrun.replace(/^set \+e$/m, `set +e\n${call}`) : firstrun.replace(/^(#!.*\n)?/, `$1${call}\n`)
}

/** The words of the kernel line. Quotes keep spaces together. */
function wordsOf(cmdline: string): string[] {
  return cmdline.match(/(?:[^\s"]|"[^"]*")+/g) ?? []
}

/** `vendor-data`: cloud-init runs it at each boot, before the network and before a keyboard is needed. */
export const vendorData = `#cloud-config
# Written by npm run flash.
bootcmd:
  - [ sh, ${installer}, /boot/firmware/${folder} ]
`

/** `user-data` for a card that nobody has customised, in the form of Raspberry Pi Imager. */
export function userData({ hostname, user, sshKey }: { hostname?: string | undefined; user: string; sshKey?: string | undefined }): string {
  const lines = ['#cloud-config', '# Written by npm run flash.']
  if (hostname !== undefined) lines.push(`hostname: ${hostname}`, 'manage_etc_hosts: true')
  if (sshKey !== undefined)
    lines.push(
      ...[
        'user:',
        `  name: ${user}`,
        '  lock_passwd: true',
        '  shell: /bin/bash',
        '  sudo: ALL=(ALL) NOPASSWD:ALL',
        '  ssh_authorized_keys:',
      ],
      ...[`    - ${JSON.stringify(sshKey)}`, 'runcmd:', '  - [ systemctl, enable, --now, ssh ]'],
    )
  return `${lines.join('\n')}\n`
}
