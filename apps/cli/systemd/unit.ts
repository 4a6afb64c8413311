export type Program = 'monitor' | 'sensor'

export interface UnitRequest {
  program: Program
  /** Folder of the clone, an absolute path. */
  dir: string
  /** Its owner, who runs the program. */
  user: string
  /** Path of Node 24. */
  node: string
}

/** The name of the unit of a program. */
export const unitName = (program: Program): string => `hearthwatch-${program}.service`

/**
 * A unit of systemd for a program of ours. It has no privileges, sees neither devices nor the processes of others, and writes nowhere
 * but where `access` allows it.
 * @param about lines of the section Unit
 * @param run the user, the commands and their surroundings
 */
export const serviceUnit = ({ about, run, access }: Record<'about' | 'run' | 'access', readonly string[]>): string => `[Unit]
${about.join('\n')}
# No network-online.target: without a network it waits for its broker by itself.
After=time-set.target mosquitto.service
StartLimitIntervalSec=0

[Service]
Type=notify
# systemd-notify is another process.
NotifyAccess=all
WatchdogSec=120
${run.join('\n')}
# A start may upgrade a large database.
TimeoutStartSec=infinity
TimeoutStopSec=20
Restart=always
RestartSec=5

${access.join('\n')}
UMask=0077
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
PrivateTmp=yes
PrivateMounts=yes
PrivateDevices=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
ProtectProc=invisible
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`

/** A unit that runs a program of this clone as its owner. The program may write in the clone alone. */
export function unitText({ program, dir, user, node }: UnitRequest): string {
  const main = `${dir}/apps/${program}/main.ts`
  // After git pull the page is older than its sources.
  const build = program === 'monitor' ? [`ExecStartPre=${quoted(node)} ${quoted(`${dir}/apps/dashboard/build.ts`)} --if-needed`] : []
  const unit = serviceUnit({
    about: [`Description=Hearthwatch ${program}`],
    run: [
      `User=${user}`,
      `WorkingDirectory=${quoted(dir, false)}`,
      ...build,
      `ExecStart=${quoted(node)} --max-semi-space-size=4 ${quoted(main)}`,
      `Environment=${quoted(`NODE_COMPILE_CACHE=${dir}/node_modules/.cache/node`)}`,
    ],
    access: ['ProtectHome=read-only', `ReadWritePaths=${quoted(dir)}`],
  })
  return `# Made by npm run setup -- service, which writes it again.\n${unit}`
}

/** `%` begins a specifier of systemd, and `$` a variable in a command. systemd.unit(5), systemd.service(5) */
function quoted(text: string, inQuotes = true): string {
  const plain = text.replaceAll('%', '%%')
  if (!inQuotes || /^[\w./=@%+:-]+$/.test(text)) return plain
  return `"${plain.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('$', '$$$$')}"`
}
